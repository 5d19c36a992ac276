/** A JSON value as it stands in the document. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** An OpenAPI 3.1.1 document, as far as it is generated. */
export interface OpenApiDocument {
  readonly openapi: '3.1.1';
  readonly info: OpenApiInfo;
  readonly servers: readonly OpenApiServer[];
  readonly tags: readonly OpenApiTag[];
  readonly paths: { readonly [path: string]: PathItem };
  readonly components: Components;
}

/** Info Object. */
export interface OpenApiInfo {
  readonly title: string;
  readonly version: string;
  readonly summary?: string;
  readonly description?: string;
  readonly termsOfService?: string;
  readonly contact?: { readonly name?: string; readonly url?: string; readonly email?: string };
  readonly license?: { readonly name: string; readonly identifier?: string; readonly url?: string };
}

/** Server Object. */
export interface OpenApiServer {
  readonly url: string;
  readonly description?: string;
}

/** Tag Object. */
export interface OpenApiTag {
  readonly name: string;
  readonly description?: string;
}

/** Path Item Object. Methods for which OpenAPI 3.1 has no field, such as QUERY, stand under `x-methods`. */
export interface PathItem {
  readonly [method: string]: Operation | { readonly [method: string]: Operation };
}

/** Operation Object. */
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly deprecated?: true;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: true; readonly content: Content };
  readonly responses: { readonly [status: string]: Response | Reference };
  readonly security: readonly SecurityRequirement[];
}

/** Parameter Object. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required: boolean;
  readonly description?: string;
  readonly deprecated?: true;
  readonly schema: JsonObject;
}

/** Response Object. */
export interface Response {
  readonly description: string;
  readonly headers?: { readonly [name: string]: { readonly description: string; readonly schema: JsonObject } };
  readonly content?: Content;
}

/** Media type to Media Type Object. */
export interface Content {
  readonly [mediaType: string]: { readonly schema?: JsonObject; readonly example?: Json; readonly encoding?: JsonObject };
}

export interface Reference {
  readonly $ref: string;
}

/** All of these schemes, with the scopes that each needs. */
export interface SecurityRequirement {
  readonly [scheme: string]: readonly string[];
}

/** Components Object. */
export interface Components {
  readonly schemas: { readonly [name: string]: JsonObject };
  readonly responses: { readonly [name: string]: Response };
  readonly securitySchemes: { readonly [name: string]: JsonObject };
}
