declare module "virtual:error-texts/*" {
  const texts: Record<string, { meaning: string; mend: string }>;
  export default texts;
}
