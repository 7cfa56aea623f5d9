import { gathered } from "../gathered";

export type Words = ReturnType<typeof gathered>;

export default gathered(import.meta.glob("./*.json", { eager: true, import: "default" }));
