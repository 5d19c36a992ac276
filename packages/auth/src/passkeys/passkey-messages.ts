/** What `navigator.credentials.create` has given: see the schema `registrationResponse`. */
export interface RegistrationResponse {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly response: { readonly clientDataJSON: string; readonly attestationObject: string; readonly transports?: readonly string[] };
}

/** What `navigator.credentials.get` has given: see the schema `assertionResponse`. */
export interface AssertionResponse {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
    readonly userHandle?: string | null;
  };
}

/** For `PublicKeyCredential.parseCreationOptionsFromJSON` and `navigator.credentials.create`: see the schema `creationOptions`. */
export interface PasskeyCreationOptions {
  rp: { id: string; name: string };
  user: { id: string; name: string; displayName: string };
  challenge: string;
  pubKeyCredParams: { alg: number; type: string }[];
  /** Milliseconds. */
  timeout: number;
  excludeCredentials: PasskeyDescriptor[];
  authenticatorSelection: { residentKey: string; requireResidentKey: boolean; userVerification: string };
  attestation: string;
  extensions: { credProps: boolean };
}

/** For `PublicKeyCredential.parseRequestOptionsFromJSON` and `navigator.credentials.get`: see the schema `requestOptions`. */
export interface PasskeyRequestOptions {
  challenge: string;
  /** Milliseconds. */
  timeout: number;
  rpId: string;
  /** Empty: any passkey of this site will do. */
  allowCredentials: PasskeyDescriptor[];
  userVerification: string;
}

/** A passkey that a browser is told of. */
export interface PasskeyDescriptor {
  id: string;
  type: string;
  transports: string[];
}
