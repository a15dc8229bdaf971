import { describe, expect, test } from "vitest";
import { answerRefused } from "../../../src/gate/reply.ts";
import { unreadable } from "../../../src/gate/unreadable.ts";

const adviceFor = async (type: string): Promise<string> => {
  const response = answerRefused(unreadable(type));
  expect(response.status).toBe(415);
  return ((await response.json()) as { detail: string }).detail;
};

describe("what cannot be read is refused with what to send instead", () => {
  test.each([
    ["application/vnd.apache.parquet", "JSON Lines"],
    ["application/vnd.apache.arrow.stream", "JSON Lines"],
    ["application/x-tfrecord", "JSON Lines"],
    ["application/x-pickle", "JSON Lines"],
    ["application/zip", "file by file"],
    ["application/x-tar", "file by file"],
    ["application/gzip", "file by file"],
    ["application/vnd.rar", "file by file"],
    ["application/pgp-encrypted", "decrypted"],
    ["application/pkcs7-mime", "decrypted"],
    ["application/offset+octet-stream", "whole object"],
    ["application/grpc", "OTLP over HTTP"],
    ["application/grpc+proto", "OTLP over HTTP"],
    ["text/html", "the route's configuration names"],
    ["application/octet-stream", "the route's configuration names"],
    ["application/zipped-list", "the route's configuration names"],
    ["application/offset+octet-stream-2", "the route's configuration names"],
    ["x-application/offset+octet-stream", "the route's configuration names"],
    ["x-application/grpc", "the route's configuration names"],
    ["", "the route's configuration names"],
  ])("%s", async (type, words) => {
    expect(await adviceFor(type)).toContain(words);
  });

  test("never echoes the type", async () => {
    expect(await adviceFor("application/zip-SECRET-7f3a")).not.toContain("SECRET-7f3a");
  });
});
