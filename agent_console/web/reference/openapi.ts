/** The parts of an OpenAPI 3.1 document that the page shows. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  additionalProperties?: boolean | Schema;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema?: Schema;
}

type Content = Record<string, { schema?: Schema }>;

export interface Operation {
  operationId?: string;
  description?: string;
  tags?: string[];
  parameters?: Parameter[];
  requestBody?: { content: Content };
  responses?: Record<string, { description?: string; content?: Content }>;
  "x-roles"?: string[];
}

export interface OpenApi {
  info: { title: string; version: string; description?: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

export interface ApiRoute {
  method: string;
  path: string;
  operation: Operation;
}

/** Routes by their tag (public, window, console, supervision), in the document's order. */
export function grouped(api: OpenApi): Map<string, ApiRoute[]> {
  const groups = new Map<string, ApiRoute[]>();
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags?.[0] ?? "public";
      const group = groups.get(tag) ?? [];
      group.push({ method: method.toUpperCase(), path, operation });
      groups.set(tag, group);
    }
  }
  return groups;
}

/** `#/components/schemas/CaseView` → `CaseView`. */
export function nameOf(reference: string): string {
  return reference.split("/").pop() ?? reference;
}

/** A piece of a type as it is written: plain words, or the name of a schema to follow. */
export type TypePiece = { text: string } | { reference: string };

/** `array of CaseView`, `string | null`: a type in one line. */
export function typePieces(schema: Schema | undefined): TypePiece[] {
  if (schema === undefined) return [{ text: "bytes" }];
  if (schema.$ref !== undefined) return [{ reference: nameOf(schema.$ref) }];
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (choices !== undefined) {
    return choices.flatMap((one, index) => [
      ...(index > 0 ? [{ text: " | " }] : []),
      ...typePieces(one),
    ]);
  }
  if (schema.enum !== undefined)
    return [{ text: schema.enum.map((one) => JSON.stringify(one)).join(" | ") }];
  if (schema.const !== undefined) return [{ text: JSON.stringify(schema.const) }];
  if (schema.items !== undefined) return [{ text: "array of " }, ...typePieces(schema.items)];
  const type = Array.isArray(schema.type) ? schema.type.join(" | ") : (schema.type ?? "any");
  return [{ text: schema.format ? `${type} (${schema.format})` : type }];
}

/** The bounds of a value in words of symbols: `≤ 200`, `≥ 1`, a pattern. */
export function bounds(schema: Schema): string {
  const all = [
    schema.minimum === undefined ? "" : `≥ ${schema.minimum}`,
    schema.maximum === undefined ? "" : `≤ ${schema.maximum}`,
    schema.minLength === undefined ? "" : `length ≥ ${schema.minLength}`,
    schema.maxLength === undefined ? "" : `length ≤ ${schema.maxLength}`,
    schema.pattern ?? "",
  ];
  return all.filter(Boolean).join(", ");
}
