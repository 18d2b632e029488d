"""Files as people bring them along, and as nobody should."""

import io

from reportlab.pdfgen import canvas


def pdf(*, sheets: int = 1, size: tuple[float, float] = (595, 842), locked: bool = False) -> bytes:
    written = io.BytesIO()
    encrypt = {"encrypt": "open sesame"} if locked else {}
    page = canvas.Canvas(written, pagesize=size, **encrypt)
    for sheet in range(sheets):
        page.drawString(72, size[1] / 2, f"Sheet {sheet + 1}")
        page.showPage()
    page.save()
    return written.getvalue()
