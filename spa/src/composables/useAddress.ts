import { onBeforeUnmount, ref, watch, type Ref } from "vue";

/** A strategy's whole webhook address, while the page of that strategy stands; then it is gone. */
export function useAddress(id: Ref<string>): { address: Ref<string>; oldUntil: Ref<string> } {
  const address = ref("");
  const oldUntil = ref("");

  function forget(): void {
    address.value = "";
    oldUntil.value = "";
  }
  watch(id, forget);
  onBeforeUnmount(forget);
  return { address, oldUntil };
}
