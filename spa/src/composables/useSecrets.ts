import { onBeforeUnmount, ref, type Ref } from "vue";

/** Secrets that are typed: gone once they were sent, or with the page. Empty ones are left out. */
export function useSecrets(): { given: Ref<Record<string, string>>; filled: () => Record<string, string>; forget: () => void } {
  const given = ref<Record<string, string>>({});

  function forget(): void {
    given.value = {};
  }
  onBeforeUnmount(forget);
  return { given, filled: () => Object.fromEntries(Object.entries(given.value).filter(([, value]) => value !== "")), forget };
}
