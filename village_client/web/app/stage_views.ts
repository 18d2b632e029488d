import type { Component } from "vue";

import CallStage from "../call/CallStage.vue";
import ConsentStep from "../consent/ConsentStep.vue";
import DeviceCheck from "../check/DeviceCheck.vue";
import EndStep from "../end/EndStep.vue";
import ItemStep from "../item/ItemStep.vue";
import LoadingStep from "./LoadingStep.vue";
import PeopleForm from "../people/PeopleForm.vue";
import PromisedStep from "../queue/PromisedStep.vue";
import QueueStep from "../queue/QueueStep.vue";
import SignInStep from "../sign_in/SignInStep.vue";
import StoppedStep from "./StoppedStep.vue";
import type { Stage } from "./stage";

export const STAGE_VIEWS: Record<Stage, Component> = {
  loading: LoadingStep,
  sign_in: SignInStep,
  stopped: StoppedStep,
  check: DeviceCheck,
  item: ItemStep,
  people: PeopleForm,
  consent: ConsentStep,
  queue: QueueStep,
  promised: PromisedStep,
  call: CallStage,
  end: EndStep,
};
