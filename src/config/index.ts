/** What `tenfour/config` offers to those who write a configuration: the types, `defineConfig` and the presets. Nothing that runs the gate. */
export * from "./define.ts";
export * from "./presets/cloud-events.ts";
export * from "./presets/customer-data.ts";
export * from "./presets/tenfour-record.ts";
export * from "./presets/training-record.ts";
export * from "./presets/zoom-events.ts";
