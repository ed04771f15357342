// A reporter that writes how many tests passed, failed and were skipped to the file named by TEST_COUNTS, for .ci/run.
import { writeFileSync } from 'node:fs';

/** Counts what couldn't run as failed: a file that doesn't load, a hook that throws, a test that never ended. */
export default class CountsReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) countIn(module, false, counts);
    const file = process.env.TEST_COUNTS;
    if (file) writeFileSync(file, `${counts.passed} ${counts.failed} ${counts.skipped}\n`);
  }
}

/** Counts the tests of a file or suite. In one that is `broken`, tests that didn't run aren't skipped: they're missing. */
function countIn(suite, broken, counts) {
  const errors = suite.errors().length;
  counts.failed += errors;
  for (const child of suite.children) {
    if (child.type === 'test') countTest(child, broken || errors > 0, counts);
    else countIn(child, broken || errors > 0, counts);
  }
}

function countTest(test, broken, counts) {
  const { state } = test.result();
  if (state === 'passed' || state === 'failed') {
    counts[state] += 1;
  } else if (state === 'pending' || broken) {
    counts.failed += 1;
  } else {
    counts.skipped += 1;
    console.log(`skipped: ${test.module.relativeModuleId} > ${test.fullName}`);
  }
}
