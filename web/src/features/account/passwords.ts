const leastCharacters = 10;
const mostBytes = 1024;

/** What is wrong with a new password, as the server would say; characters are those that people count. */
export function passwordProblem(next: string, old: string): string | undefined {
  const characters = [...next].length;
  if (characters < leastCharacters) return characters === 0 ? 'Choose a new password.' : `It has ${characters} characters; at least ${leastCharacters} are needed.`;
  if (new TextEncoder().encode(next).length > mostBytes) return 'It is too long.';
  return next === old ? 'It is the same as before.' : undefined;
}
