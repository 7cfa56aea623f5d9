import { useI18n } from "vue-i18n";

/** What was done, in words; an action without words stands as its code. */
export function useActionName() {
  const words = useI18n();

  function nameOf(action: string): string {
    const key = `security.actions.${action.replace(".", "_")}`;
    return words.te(key) ? words.t(key) : action;
  }

  return { nameOf };
}
