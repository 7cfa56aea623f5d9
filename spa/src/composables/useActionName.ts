import { useI18n } from "vue-i18n";

/** What was done, in words; an action without words stands as its code. */
export function useActionName() {
  const { t, te } = useI18n();

  function nameOf(action: string): string {
    const key = `security.actions.${action.replace(".", "_")}`;
    return te(key) ? t(key) : action;
  }

  return { nameOf };
}
