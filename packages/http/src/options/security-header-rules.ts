import type { ContentSecurityPolicy } from '../security-headers/content-security-policy.js';
import type { NamedHeaders, SecurityHeaderOptions } from '../security-headers/options.js';
import { ANY, FLAG, object, oneOf, text, texts, withMore, type OptionRule } from './option-rules.js';

// What sources are the feature checks (`HTTP_SECURITY_HEADERS`); a directive that CSP does not have would be sent and mean nothing.
const policy = object<ContentSecurityPolicy>(
  {
    defaultSrc: ANY,
    scriptSrc: ANY,
    scriptSrcElem: ANY,
    scriptSrcAttr: ANY,
    styleSrc: ANY,
    styleSrcElem: ANY,
    styleSrcAttr: ANY,
    imgSrc: ANY,
    fontSrc: ANY,
    connectSrc: ANY,
    mediaSrc: ANY,
    objectSrc: ANY,
    frameSrc: ANY,
    childSrc: ANY,
    workerSrc: ANY,
    manifestSrc: ANY,
    baseUri: ANY,
    formAction: ANY,
    frameAncestors: ANY,
    sandbox: ANY,
    requireTrustedTypesFor: ANY,
    trustedTypes: ANY,
    upgradeInsecureRequests: FLAG,
    reportTo: text([false]),
    reportUri: text([false]),
  },
  [false],
);

type Named = Exclude<keyof SecurityHeaderOptions, keyof NamedHeaders>;

/** Security headers of a server or of a route: our options, and headers by their names. */
export const SECURITY_HEADER_RULES: OptionRule = withMore(
  object<Record<Named, unknown>>(
    {
      contentSecurityPolicy: policy,
      contentSecurityPolicyReportOnly: policy,
      reportingEndpoints: withMore(object({}), () => true, text()),
      permissionsPolicy: withMore(object({}, [false]), () => true, texts()),
      frameOptions: oneOf(['DENY', 'SAMEORIGIN', false]),
      openerPolicy: oneOf(['same-origin', 'same-origin-allow-popups', 'noopener-allow-popups', 'unsafe-none', false]),
      embedderPolicy: oneOf(['require-corp', 'credentialless', false]),
      resourcePolicy: oneOf(['same-origin', 'same-site', 'cross-origin', false]),
      referrerPolicy: oneOf([
        'no-referrer',
        'same-origin',
        'strict-origin',
        'strict-origin-when-cross-origin',
        'origin',
        'origin-when-cross-origin',
        false,
      ]),
      strictTransport: object({ maxAge: ANY, includeSubDomains: FLAG, preload: FLAG }, [false]),
    },
    [false],
  ),
  (key) => key.includes('-'),
  text([false]),
);
