/**
 * The scanner's states, as plain data: which code is taken, which answer is on the screen. It never locks up: in every
 * state a code can be read.
 *
 * { answer: null | { …decision, phase: "shown" | "confirmed" | "taken back" }, seen: [{ text, at }] }: `seen` are the
 * codes of the last moments, so that two badges in one picture do not take turns.
 */
export const SAME_CODE_PAUSE = 2_500;
export const initial = Object.freeze({ answer: null, seen: [] });

/** Whether a code that was just read should be taken: the same one again within moments is the same badge. */
export function takes(state, text, at) {
  return !state.seen.some((one) => one.text === text && isRecent(one, at));
}

function isRecent(one, at) {
  return Math.abs(at - one.at) < SAME_CODE_PAUSE; // a clock that was set back must not lock a badge out
}

export function next(state, event) {
  switch (event.type) {
    case "read":
      // Also when it is not taken: a badge that stays in front of the camera must go away before it counts again.
      return { ...state, seen: seen(state, event) };
    case "decided":
      return { ...state, answer: { ...event.decision, phase: "shown" } };
    case "confirmed":
      return confirmed(state, event);
    case "taken back":
      return state.answer?.scan.id === event.id ? { ...state, answer: { ...state.answer, phase: "taken back" } } : state;
    case "cleared":
      return { ...state, answer: null, seen: [] };
    case "again":
      return { ...state, seen: [] };
    default:
      return state;
  }
}

function seen(state, { text, at }) {
  return [...state.seen.filter((one) => one.text !== text && isRecent(one, at)), { text, at }];
}

/** The server's word counts; it may come after the next badge was scanned. */
function confirmed(state, { result }) {
  const { answer } = state;
  if (!answer || !result || answer.scan.id !== result.id || answer.phase === "taken back" || !result.outcome) {
    return state;
  }
  const changed = result.outcome !== answer.outcome;
  return { ...state, answer: { ...answer, outcome: result.outcome, result, phase: "confirmed", changed } };
}
