import { html, type Html } from '@plinth/http';
import type { MailContent } from '@plinth/mail';
import type { AccountChange } from '../user/account-changed.js';
import type { AccountMails, DeviceMailFacts } from './account-mails.js';

const NOT_YOU = 'If this was not you, reset your password at once, and look at the devices that are signed in to your account.';
const IGNORE = 'If you have not asked for this, you need not do anything.';

const CHANGES: Readonly<Record<AccountChange, string>> = {
  'password-changed': 'The password of your account was changed.',
  'password-reset': 'The password of your account was set by a link that was sent to this address.',
  'email-changed': 'The address of your account was changed.',
  'totp-enabled': 'An authenticator app was set up for your account.',
  'totp-disabled': 'The authenticator app was removed from your account.',
  'recovery-codes-made': 'New recovery codes were made for your account; the former ones are void.',
  'recovery-code-used': 'A recovery code of your account was used.',
  'passkey-added': 'A passkey was added to your account.',
  'passkey-removed': 'A passkey was removed from your account.',
  'identity-linked': 'A sign-in through another provider was added to your account.',
  'identity-unlinked': 'A sign-in through another provider was removed from your account.',
};

/** The mails about accounts in plain English. */
export const DEFAULT_ACCOUNT_MAILS: AccountMails = {
  confirm: ({ service, link, minutes }) =>
    mail(`Confirm your address for ${service}`, [
      `This address was registered at ${service}. Confirm that it is yours:`,
      { link },
      `The link is good for ${timeOf(minutes)}, once. ${IGNORE} Nobody has an account with your address unless it is confirmed.`,
    ]),

  alreadyRegistered: ({ service, name, link }) =>
    mail(`You have an account at ${service}`, [
      greeting(name),
      `Somebody has just registered your address at ${service}, where you have an account already. Nothing was changed. If it was you, sign in, or reset your password:`,
      { link },
      IGNORE,
    ]),

  reset: ({ service, name, link, minutes }) =>
    mail(`Choose a new password for ${service}`, [
      greeting(name),
      `A new password was asked for your account at ${service}. Choose it here:`,
      { link },
      `The link is good for ${timeOf(minutes)}, once. ${IGNORE} Your password stays as it is.`,
    ]),

  invitation: ({ service, name, link, minutes }) =>
    mail(`Your account at ${service}`, [
      greeting(name),
      `An account was made for you at ${service}. Choose its password here:`,
      { link },
      `The link is good for ${timeOf(minutes)}, once.`,
    ]),

  emailChange: ({ service, link, minutes }) =>
    mail(`Confirm your new address for ${service}`, [
      `This address was given as the new one of an account at ${service}. If it is your account, confirm it in the browser in which you are signed in:`,
      { link },
      `The link is good for ${timeOf(minutes)}, once. ${IGNORE}`,
    ]),

  emailChangeAsked: ({ service, name, newEmail }) =>
    mail(`Your address at ${service} is to be changed`, [
      greeting(name),
      `The address of your account at ${service} is to be changed to ${newEmail}. It changes when the new address is confirmed.`,
      NOT_YOU,
    ]),

  emailChanged: ({ service, name, newEmail }) =>
    mail(`Your address at ${service} was changed`, [
      greeting(name),
      `The address of your account at ${service} was changed to ${newEmail}. No more mails about it will come here.`,
      `If this was not you, tell ${service} at once.`,
    ]),

  changed: (facts) =>
    mail(`A change to your account at ${facts.service}`, [
      greeting(facts.name),
      CHANGES[facts.change],
      ...(facts.detail === undefined ? [] : [detailOf(facts.change, facts.detail)]),
      placeOf(facts),
      NOT_YOU,
    ]),

  newDevice: (facts) =>
    mail(`A new sign-in to your account at ${facts.service}`, [
      greeting(facts.name),
      `Somebody has signed in to your account at ${facts.service} from a device that was not used for it before.`,
      placeOf(facts),
      NOT_YOU,
    ]),
};

type Paragraph = string | { readonly link: string };

function mail(subject: string, paragraphs: readonly Paragraph[]): MailContent {
  const text = paragraphs.map((each) => (typeof each === 'string' ? each : each.link)).join('\n\n');
  return { subject, text: `${text}\n`, html: html`${paragraphs.map(paragraphOf)}` };
}

function paragraphOf(each: Paragraph): Html {
  return typeof each === 'string' ? html`<p>${each}</p>` : html`<p><a href="${each.link}">${each.link}</a></p>`;
}

function greeting(name: string | null): string {
  return name === null ? 'Hello,' : `Hello ${name},`;
}

function placeOf({ at, device }: Pick<DeviceMailFacts, 'at' | 'device'>): string {
  return `When: ${at.toISOString().slice(0, 16).replace('T', ' ')} UTC. Where: ${device.agent}, network ${device.network}.`;
}

function detailOf(change: AccountChange, detail: string): string {
  return change === 'recovery-code-used' ? `Recovery codes that are left: ${detail}.` : `It is called: ${detail}`;
}

function timeOf(minutes: number): string {
  return minutes >= 120 ? `${Math.floor(minutes / 60)} hours` : `${minutes} minutes`;
}
