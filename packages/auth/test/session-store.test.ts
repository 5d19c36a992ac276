import { describe, test } from 'vitest';
import { MemorySessionStore } from '@plinth/auth';
import { describeSessionStore } from '@plinth/auth/testing';

describeSessionStore('memory', async () => ({ store: new MemorySessionStore() }), { describe, test });
