import { reactive, shallowReactive } from "vue";

import {
  askPermission,
  listDevices,
  openCamera,
  openDocumentCamera,
  openMicrophone,
  problemOf,
  recallDevice,
  rememberDevice,
} from "./devices";
import type { Device, DeviceLists, DeviceProblem } from "./devices";
import type { LocalTracks } from "./lines";
import { TestBench } from "./test_camera";
import type { TestDevice } from "./test_camera";

/** The devices of a place, by what they are used for. */
export type LocalRole = "camera" | "document" | "microphone";

const TEST = "test:";
const NO_DEVICES: DeviceLists = { cameras: [], microphones: [], speakers: [] };

interface Opened {
  track: MediaStreamTrack;
  stop: () => void;
}

type PerRole<T> = Record<LocalRole, T | null>;

function noneOf<T>(): PerRole<T> {
  return { camera: null, document: null, microphone: null };
}

/**
 * A page's own devices: which ones there are, which role each has, and their open tracks. Each
 * camera is opened once and shared by preview, call and stills: a second opening would lock its size.
 */
export class LocalMedia {
  readonly lists: DeviceLists = reactive({ ...NO_DEVICES });
  readonly chosen: PerRole<Device> = reactive(noneOf<Device>());
  readonly problems: PerRole<DeviceProblem> = reactive(noneOf<DeviceProblem>());
  /** What a call sends; watched by the room. */
  readonly tracks: { value: LocalTracks } = shallowReactive({
    value: { audio: null, camera: null, document: null },
  });
  /** Permission could not be had, or the page cannot use devices at all. */
  readonly state: { problem: DeviceProblem | null; looked: boolean } = reactive({
    problem: null,
    looked: false,
  });
  private readonly opened = new Map<LocalRole, Opened>();
  private bench: TestBench | null = null;
  private working: Promise<void> = Promise.resolve();

  constructor(
    readonly roles: readonly LocalRole[],
    private readonly demo: () => boolean,
  ) {
    // Missing on pages that are not secure; the page says so in words.
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.changed());
  }

  /** Lists the devices, gives each role the one it had, and opens what is not open. */
  look(): Promise<void> {
    this.working = this.working.then(() => this.lookOnce());
    return this.working;
  }

  assign(role: LocalRole, device: Device): Promise<void> {
    rememberDevice(role, device);
    this.working = this.working.then(async () => {
      const other = this.roleOf(device);
      const before = this.chosen[role];
      // One camera cannot be both: the roles are swapped.
      if (other !== null && other !== role) await this.open(other, before);
      await this.open(role, device);
    });
    return this.working;
  }

  /** Lets go of every device, after an opening that is still under way. */
  close(): void {
    this.working = this.working.then(() => {
      for (const role of this.roles) this.release(role);
      this.tell();
    });
  }

  devicesFor(role: LocalRole): Device[] {
    return role === "microphone" ? this.lists.microphones : this.lists.cameras;
  }

  /** What was plugged in counts at once when devices are in use, else at the next look. */
  private changed(): void {
    if (this.opened.size > 0) void this.look();
  }

  private async lookOnce(): Promise<void> {
    this.state.problem = null;
    try {
      if (!this.state.looked) await askPermission();
    } catch (error) {
      this.state.problem = problemOf(error);
    }
    await this.list();
    for (const role of this.roles) {
      const wanted = this.wanted(role);
      const open = this.opened.get(role)?.track.readyState === "live";
      if (!open || wanted?.deviceId !== this.chosen[role]?.deviceId) await this.open(role, wanted);
    }
    this.state.looked = this.state.problem === null;
  }

  private async list(): Promise<void> {
    const found = await listDevices().catch(() => NO_DEVICES);
    Object.assign(this.lists, found);
    if (!this.demo()) return;
    const stands = this.roles.filter((role) => role !== "microphone").map(testDevice);
    this.lists.cameras = [...found.cameras, ...stands];
    this.lists.microphones = [...found.microphones, testDevice("microphone")];
  }

  private wanted(role: LocalRole): Device | null {
    const devices = this.devicesFor(role);
    const kept = recallDevice(role, devices);
    if (kept !== null) return kept;
    const real = devices.filter((device) => !isTest(device));
    const stand = devices.find((device) => device.deviceId === TEST + role) ?? null;
    // The second camera is the papers' until somebody says otherwise.
    return real[role === "document" ? 1 : 0] ?? stand;
  }

  private async open(role: LocalRole, device: Device | null): Promise<void> {
    this.release(role);
    this.chosen[role] = device;
    this.problems[role] = device === null ? "missing" : null;
    try {
      if (device !== null) this.opened.set(role, await this.openDevice(role, device));
    } catch (error) {
      this.problems[role] = problemOf(error);
    }
    this.tell();
  }

  private async openDevice(role: LocalRole, device: Device): Promise<Opened> {
    if (isTest(device)) {
      this.bench ??= new TestBench();
      return this.bench.open(device.deviceId.slice(TEST.length) as TestDevice);
    }
    const track = await openReal(role, device);
    track.onended = () => {
      this.problems[role] = "missing";
      this.opened.delete(role);
      this.tell();
    };
    return { track, stop: () => track.stop() };
  }

  private release(role: LocalRole): void {
    this.opened.get(role)?.stop();
    this.opened.delete(role);
  }

  private roleOf(device: Device): LocalRole | null {
    return this.roles.find((role) => this.chosen[role]?.deviceId === device.deviceId) ?? null;
  }

  private tell(): void {
    const track = (role: LocalRole) => this.opened.get(role)?.track ?? null;
    this.tracks.value = {
      audio: track("microphone"),
      camera: track("camera"),
      document: track("document"),
    };
  }
}

function openReal(role: LocalRole, device: Device): Promise<MediaStreamTrack> {
  if (role === "microphone") return openMicrophone(device);
  return role === "camera" ? openCamera(device) : openDocumentCamera(device);
}

function testDevice(device: TestDevice): Device {
  return { deviceId: TEST + device, groupId: "test", label: TEST + device };
}

/** A test device's label is a key for the page to put into words. */
export function isTest(device: Device): boolean {
  return device.deviceId.startsWith(TEST);
}
