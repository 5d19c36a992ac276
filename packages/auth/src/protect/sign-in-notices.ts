import { CLOCK, defineEvent, EVENTS, Injectable, type Clock, type EventBus } from '@plinth/core';
import type { HttpContext } from '@plinth/http';
import { deviceOf, type SessionDevice } from '../session/session-device.js';
import { KnownDevices } from './known-devices.js';
import { SecurityEvents } from './security-events.js';

/** A sign-in from a device that has not signed in to this account before. */
export interface NewDeviceSignIn {
  readonly userId: string;
  readonly at: Date;
  readonly device: SessionDevice;
  /** How the user has proved who they are (RFC 8176). */
  readonly methods: readonly string[];
}

/** Emitted for a sign-in from a device that is not known: listen to it to tell the user by mail (ASVS 5.0, 6.3.5). */
export const NEW_DEVICE = defineEvent<NewDeviceSignIn>('auth.new-device');

/** A sign-in that is complete. */
export interface CompletedSignIn {
  readonly userId: string;
  /** The name that was signed in with, as `Throttle` was given it. */
  readonly name: string;
  readonly methods: readonly string[];
}

/** What follows a complete sign-in: it is noted, an unknown device is told of, and known from then on. */
@Injectable({ deps: [KnownDevices, SecurityEvents, EVENTS, CLOCK] })
export class SignInNotices {
  readonly #devices: KnownDevices;
  readonly #events: SecurityEvents;
  readonly #bus: EventBus;
  readonly #clock: Clock;

  constructor(devices: KnownDevices, events: SecurityEvents, bus: EventBus, clock: Clock) {
    this.#devices = devices;
    this.#events = events;
    this.#bus = bus;
    this.#clock = clock;
  }

  /** Notes `sign-in.completed`, publishes `NEW_DEVICE` where the device is not known, and sends its cookie. */
  async completed(signIn: CompletedSignIn, context: Pick<HttpContext, 'ip' | 'header' | 'cookie' | 'setCookie'>): Promise<void> {
    const { userId, name, methods } = signIn;
    const known = (await this.#devices.find(name, context)) !== undefined;
    const device = deviceOf(context);
    const details = { known, methods: methods.join(' '), agent: device.agent };
    this.#events.note({ type: 'sign-in.completed', outcome: 'success', userId, actor: userId, ip: context.ip, details });
    if (!known) this.#bus.publish(NEW_DEVICE, { userId, at: this.#clock.date(), device, methods });
    await this.#devices.trust(name, context);
  }
}
