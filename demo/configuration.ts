/** The repository's own configuration, with its demo upstream wherever that happens to listen. */
import { loadConfig, OWN_CONFIG_FILE } from "../scripts/bundle.ts";
import type { TenfourConfig } from "../src/config/define.ts";

/** Where `tenfour.config.ts` says the demo upstream is. */
const CONFIGURED = "http://127.0.0.1:8788";

/** `upstreamUrl` without a trailing slash. */
export async function demoConfig(upstreamUrl: string): Promise<TenfourConfig> {
  const config = await loadConfig(OWN_CONFIG_FILE);
  const upstreams = Object.fromEntries(
    Object.entries(config.upstreams).map(([name, upstream]) => [
      name,
      { ...upstream, url: upstream.url.replace(CONFIGURED, upstreamUrl) },
    ]),
  );
  return { ...config, upstreams };
}
