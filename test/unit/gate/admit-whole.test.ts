/** Which documents and recordings are admitted, from the head alone. */
import { describe, expect, test } from "vitest";
import { admit } from "../../../src/gate/admit.ts";
import { trainRoute } from "../config/example.ts";
import { routesOf } from "./sound-routes.ts";

describe("documents and recordings", () => {
  const { shape: _, formats: __, ...WHOLE } = trainRoute();
  const ROUTES = routesOf([
    { ...WHOLE, id: "words", path: "/ingest/words", document: { transcript: {} } },
    { ...WHOLE, id: "sound", path: "/ingest/sound", on_deny: "drop", media: { types: ["audio/wav"] } },
    {
      ...WHOLE,
      id: "form",
      path: "/ingest/form",
      on_deny: "drop",
      media: { types: ["audio/wav"], form: { metadata: "metadata", file: "file" } },
    },
  ]);
  const sent = (id: string, type: string, coding: string | null = null): unknown => {
    const headers = new Headers({ "content-type": type });
    if (coding !== null) headers.set("content-encoding", coding);
    const request = { method: "POST", headers, body: new ReadableStream() } as unknown as Request;
    try {
      const { route, ...rest } = admit(request, `/ingest/${id}`, ROUTES);
      return { route: route.id, ...rest };
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  const words = { route: "words", form: "document", mediaType: "text/vtt", coding: "identity" };
  const sound = { route: "sound", form: "media", mediaType: "audio/wav", boundary: null };

  test.each<[string, string, string, string | null, unknown]>([
    ["a transcript", "words", "text/vtt", null, words],
    ["a transcript in a coding", "words", "Text/VTT", "gzip", { ...words, coding: "gzip" }],
    ["a transcript in another", "words", "text/vtt", "br", "content_coding_unsupported"],
    ["no transcript", "words", "application/json", null, "content_type_unsupported"],
    ["a recording", "sound", "Audio/WAV", null, sound],
    ["a recording in no coding by name", "sound", "audio/wav", "identity", sound],
    ["a recording in a coding", "sound", "audio/wav", "gzip", "content_coding_unsupported"],
    ["a recording of another type", "sound", "audio/mpeg", null, "content_type_unsupported"],
    [
      "a recording in a form nobody asked for",
      "sound",
      "multipart/form-data; boundary=b",
      null,
      "content_type_unsupported",
    ],
    [
      "a recording in a form",
      "form",
      "multipart/form-data; boundary=b",
      null,
      { route: "form", form: "media", mediaType: "multipart/form-data", boundary: "b" },
    ],
    [
      "a recording by itself where forms are taken too",
      "form",
      "audio/wav",
      null,
      { ...sound, route: "form" },
    ],
    ["something else there", "form", "audio/mpeg", null, "content_type_unsupported"],
  ])("%s", (_, route, type, coding, expected) => {
    expect(sent(route, type, coding)).toEqual(expected);
  });
});
