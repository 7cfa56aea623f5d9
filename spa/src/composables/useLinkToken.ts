import { useRoute, useRouter } from "vue-router";

/** Takes the token out of a mailed or printed address, and the address bar and history with it. */
export function useLinkToken(name: "link" | "token"): string {
  const route = useRoute();
  const { [name]: given, ...rest } = route.query;
  const inFragment = new URLSearchParams(route.hash.slice(1)).get(name);
  const token = typeof given === "string" ? given : (inFragment ?? "");
  if (token) void useRouter().replace({ path: route.path, query: rest });
  return token;
}
