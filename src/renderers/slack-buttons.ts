import type { ActionsBlock, Button } from '@slack/types';

/** The action of the "Run again" button; its value is the cluster's name. */
export const RUN_AGAIN_ACTION = 'run-again';
/** The action of the "Cancel" button; its value is the run's id. */
export const CANCEL_ACTION = 'cancel-run';
/** The action of the "Show evidence" button; its value is the run's id. */
export const EVIDENCE_ACTION = 'show-evidence';
/** The action of the "Verify fix" button; its value is the run's id. */
export const VERIFY_ACTION = 'verify-fix';
/** The actions of "It was right" and "It was wrong"; their value is the run's id. */
export const RIGHT_ACTION = 'verdict-right';
export const WRONG_ACTION = 'verdict-wrong';
/** The action of a button that opens the form with the options of a run; its value is the cluster's name. */
export const OPTIONS_ACTION = 'run-options';

const WORDS = {
  options: { text: 'Diagnose…', label: 'Diagnose this cluster, with options' },
  evidence: { text: 'Show evidence', label: 'Put the evidence of this run into the thread' },
  verify: { text: 'Verify fix', label: 'Try again the paths that failed in this run' },
  right: { text: '👍 It was right', label: 'Was this right? Yes' },
  wrong: { text: '👎 It was wrong', label: 'Was this right? No' },
  runAgain: { text: 'Run again', label: 'Diagnose this cluster again' },
  cancel: {
    text: 'Cancel',
    label: 'Cancel this run',
    title: 'Cancel this run?',
    confirm: 'It stops at its next step and gives nobody a verdict.',
    yes: 'Cancel the run',
    no: 'Let it run',
  },
} as const;

function button(
  action: string,
  value: string,
  words: { readonly text: string; readonly label: string },
): Button {
  return {
    type: 'button',
    action_id: action,
    text: { type: 'plain_text', text: words.text },
    value,
    accessibility_label: words.label,
  };
}

/** A row of buttons. */
export function buttonRow(buttons: readonly Button[]): ActionsBlock {
  return { type: 'actions', elements: [...buttons] };
}

/** Diagnoses the cluster once more. */
export function runAgainButton(cluster: string): Button {
  return button(RUN_AGAIN_ACTION, cluster, WORDS.runAgain);
}

/** Opens the form for a cluster. */
export function optionsButton(cluster: string): Button {
  return button(OPTIONS_ACTION, cluster, WORDS.options);
}

/** Puts the evidence into the thread. */
export function evidenceButton(runId: string): Button {
  return button(EVIDENCE_ACTION, runId, WORDS.evidence);
}

/** Tries again what failed in a run. */
export function verifyButton(runId: string): Button {
  return button(VERIFY_ACTION, runId, WORDS.verify);
}

/** Was this right? Yes. */
export function rightButton(runId: string): Button {
  return button(RIGHT_ACTION, runId, WORDS.right);
}

/** Was this right? No; asks what it was. */
export function wrongButton(runId: string): Button {
  return button(WRONG_ACTION, runId, WORDS.wrong);
}

/** Stops a run that has no verdict yet; asks first. */
export function cancelButton(runId: string): Button {
  const { title, confirm, yes, no } = WORDS.cancel;
  return {
    ...button(CANCEL_ACTION, runId, WORDS.cancel),
    confirm: {
      title: { type: 'plain_text', text: title },
      text: { type: 'plain_text', text: confirm },
      confirm: { type: 'plain_text', text: yes },
      deny: { type: 'plain_text', text: no },
    },
  };
}
