/** Which rows of a list of equal heights are in sight, and which row of the page shows each. */
import { onBeforeUnmount, onMounted, shallowRef, type ShallowRef } from "vue";

/** Rows beyond both edges, so that a scroll shows no gap. */
const BEYOND = 6;

/** Rows `first` up to, and without, `end`. */
export interface Span {
  first: number;
  end: number;
}

/** Returns the rows between `top` and `top + height`, in px, of `count` rows that are `rowHeight` high. */
export function spanOf(top: number, height: number, rowHeight: number, count: number): Span {
  const end = Math.min(count, Math.ceil((top + height) / rowHeight) + BEYOND);
  const first = Math.min(Math.max(0, Math.floor(top / rowHeight) - BEYOND), end);
  return { first, end };
}

/** Gives each key a seat and leaves it there while it is in sight; who is new takes a seat that was left. */
export function seated(before: ReadonlyMap<string, number>, keys: readonly string[]): Map<string, number> {
  const staying = new Set(keys.flatMap((key) => before.get(key) ?? []));
  const free = [...before.values()].filter((seat) => !staying.has(seat));
  let next = Math.max(-1, ...before.values()) + 1;
  return new Map(keys.map((key) => [key, before.get(key) ?? free.pop() ?? next++]));
}

/** Follows how far an element is scrolled, and how high it is, in px. */
export function useFrame(frame: Readonly<ShallowRef<HTMLElement | null>>): { top: ShallowRef<number>; height: ShallowRef<number> } {
  const top = shallowRef(0);
  const height = shallowRef(0);
  const look = () => { top.value = frame.value?.scrollTop ?? 0; };
  let sizes: ResizeObserver | undefined;

  onMounted(() => {
    const element = frame.value;
    if (!element) return;
    height.value = element.clientHeight;
    sizes = new ResizeObserver(() => { height.value = element.clientHeight; });
    sizes.observe(element);
    element.addEventListener("scroll", look, { passive: true });
  });
  onBeforeUnmount(() => {
    sizes?.disconnect();
    frame.value?.removeEventListener("scroll", look);
  });
  return { top, height };
}
