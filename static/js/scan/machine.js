/**
 * The scanner's states, as plain data: which code is taken, which answer is on the screen. It never locks up: in every
 * state a code can be read.
 *
 * { answer: null | { …decision, phase: "shown" | "confirmed" | "taken back" }, last: null | { text, at } }
 */
export const SAME_CODE_PAUSE = 2_500;
export const initial = Object.freeze({ answer: null, last: null });

/** Whether a code that was just read should be taken: the same one again within moments is the same badge. */
export function takes(state, text, at) {
  return !(state.last && state.last.text === text && at - state.last.at < SAME_CODE_PAUSE);
}

export function next(state, event) {
  switch (event.type) {
    case "read":
      // Also when it is not taken: a badge that stays in front of the camera must go away before it counts again.
      return { ...state, last: { text: event.text, at: event.at } };
    case "decided":
      return { ...state, answer: { ...event.decision, phase: "shown" } };
    case "confirmed":
      return confirmed(state, event);
    case "taken back":
      return state.answer?.scan.id === event.id ? { ...state, answer: { ...state.answer, phase: "taken back" } } : state;
    case "cleared":
      return { ...state, answer: null, last: null };
    default:
      return state;
  }
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
