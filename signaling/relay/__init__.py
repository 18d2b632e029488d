"""The media relay: a process of its own that forwards packets between the browsers of a call.

Start it with :func:`signaling.relay.service.run` (the program does, with the recorder's tap), or
alone: ``python -m signaling.relay --socket /run/x/relay.sock --listen 192.0.2.7:50000``. Then
connect to the control socket (:func:`signaling.local_socket.connect` with ``report_adapter``),
read ``relay.ready`` (certificate fingerprint and candidate addresses), and give the orders of
:mod:`signaling.relay.control`: ``room.open``, ``up.open``, ``down.open``, ``down.answer``. SDP is
the edge's business (:mod:`signaling.sdp`); the relay gets checked numbers only.

Who does what, outside in: :mod:`service` (process, control socket) → :mod:`relay` (orders) →
:mod:`room` → :mod:`up` and :mod:`down` (both a :mod:`connection`) → :mod:`stream`; datagrams come
through :mod:`port` and :mod:`forward`.
"""
