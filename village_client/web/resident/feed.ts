import { computed, onBeforeUnmount, toRaw, watch } from "vue";
import type { ComputedRef } from "vue";
import { useI18n } from "vue-i18n";

import { Channel } from "@shared/channel";
import { named } from "@shared/i18n";
import type { DrawnInk } from "@shared/signature/ink_sender";
import type { Locale } from "@shared/i18n";
import { CHANNEL } from "./messages";
import type { FromResident, ResidentScreen, ResidentStage, ToResident } from "./messages";
import type { Stage } from "../app/stage";
import type { WindowApp } from "../app/window_app";
import { textSize } from "../styles/text_size";

const STAGES: Partial<Record<Stage, ResidentStage>> = {
  item: "rest",
  people: "rest",
  consent: "consent",
  queue: "wait",
  promised: "rest",
  call: "call",
  end: "end",
};

/** Keeps the resident's screen in step with the window: what to do now, and who is speaking. */
export function useResidentScreen(app: WindowApp, stage: ComputedRef<Stage>): void {
  const { locale } = useI18n();
  const channel = new Channel<ToResident, FromResident>(CHANNEL, (message) => {
    if (message.type === "not_rated") app.facts.unrated = true;
    if (message.type === "ink") passOn(message.ink);
    if (message.type === "ready") tell();
    tellAddress();
  });
  const screen = computed(() => screenOf(app, stage.value, locale.value as Locale));
  const address = computed(() => app.room.value?.facts.residentAddress ?? null);

  function passOn(ink: DrawnInk): void {
    app.room.value?.passOn(ink).catch((error: unknown) => console.warn("signature:", error));
  }

  function tell(): void {
    // Through JSON: what is reactive here cannot be cloned into the other page.
    const plain = JSON.parse(JSON.stringify(screen.value)) as ResidentScreen;
    channel.post({ type: "screen", screen: { ...plain, textSize: textSize() } });
  }

  function tellAddress(): void {
    if (address.value !== null)
      channel.post({ type: "room", address: { ...toRaw(address.value) } });
  }

  window.shipinbanResident = { person: () => personOf(app) };
  watch(screen, tell, { deep: true, immediate: true });
  watch(address, tellAddress, { immediate: true });
  onBeforeUnmount(() => channel.close());
}

function personOf(app: WindowApp): MediaStream | null {
  const facts = app.room.value?.facts;
  const agent = facts?.participants.find(({ kind }) => kind === "agent");
  const seen = facts?.media.seen.find(({ participantId }) => participantId === agent?.id);
  return toRaw(seen?.person) ?? null;
}

function screenOf(app: WindowApp, stage: Stage, locale: Locale): ResidentScreen {
  const { facts } = app;
  const room = app.room.value?.facts;
  const item = facts.current?.item ?? facts.item;
  const [live] = room?.cases ?? [];
  return {
    stage: STAGES[stage] ?? "welcome",
    locale,
    textSize: textSize(),
    caseId: facts.current?.id ?? null,
    itemName: item ? named(locale, item.name, item.name_en) : "",
    consentText: facts.config?.consent_text[locale] ?? "",
    ticketLabel: facts.ticket?.label ?? "",
    ahead: facts.ticket?.ahead ?? null,
    ringing: facts.ticket?.state === "offered",
    agentName: facts.call ? named(locale, facts.call.agent_name, facts.call.agent_name_en) : "",
    recorded: facts.call !== null && room?.recording === "recording",
    held: (room?.heldBy ?? null) !== null,
    voiceOnly: room?.voiceAndPages ?? false,
    prompt: room?.prompt ?? "",
    materials: live?.item.materials ?? item?.materials ?? [],
  };
}
