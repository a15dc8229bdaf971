/** A port that takes no further connection: a listener in a process that does nothing else, its queue filled. For tests of connecting. */
import { type ChildProcess, spawn } from "node:child_process";
import { connect, type Socket } from "node:net";

export interface DeafServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens, tells its port, and then never returns to its event loop. */
const LISTENER = `
const server = require("node:net").createServer();
server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
  require("node:fs").writeSync(1, String(server.address().port) + "\\n");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});`;
/** More than its queue holds. */
const FILLERS = 4;

export async function startDeafServer(): Promise<DeafServer> {
  const child: ChildProcess = spawn(process.execPath, ["-e", LISTENER], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => reject(new Error("the deaf server ended")));
    child.stdout!.once("data", (bytes: Buffer) => resolve(Number(bytes.toString())));
  });
  const fillers: Socket[] = [];
  for (let i = 0; i < FILLERS; i++) {
    const socket = connect({ host: "127.0.0.1", port });
    socket.on("error", () => {});
    fillers.push(socket);
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      for (const socket of fillers) socket.destroy();
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
    },
  };
}
