import type { Chapter } from './requirement.ts';
import { V1 } from './requirements/v1-encoding.ts';
import { V10 } from './requirements/v10-oauth.ts';
import { V11 } from './requirements/v11-cryptography.ts';
import { V12 } from './requirements/v12-communication.ts';
import { V13 } from './requirements/v13-configuration.ts';
import { V14 } from './requirements/v14-data.ts';
import { V15 } from './requirements/v15-architecture.ts';
import { V16 } from './requirements/v16-logging.ts';
import { V2 } from './requirements/v2-validation.ts';
import { V3 } from './requirements/v3-frontend.ts';
import { V4 } from './requirements/v4-api.ts';
import { V5 } from './requirements/v5-files.ts';
import { V6 } from './requirements/v6-authentication.ts';
import { V7 } from './requirements/v7-sessions.ts';
import { V8 } from './requirements/v8-authorization.ts';
import { V9 } from './requirements/v9-tokens.ts';

/** Every chapter that has requirements which a framework can meet. */
export const CHAPTERS: readonly Chapter[] = [V1, V2, V3, V4, V5, V6, V7, V8, V9, V10, V11, V12, V13, V14, V15, V16];
