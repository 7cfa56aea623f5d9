import { gathered } from "../gathered";

export default gathered(import.meta.glob("./*.json", { eager: true, import: "default" }));
