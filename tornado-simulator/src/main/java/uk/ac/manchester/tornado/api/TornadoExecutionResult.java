package uk.ac.manchester.tornado.api;

import io.github.dyconv.simulator.engine.ExecutionTotals;
import io.github.dyconv.simulator.engine.PlanSession;

/** The outcome of one execution of a plan. */
public class TornadoExecutionResult {

    private final PlanSession session;
    private final ExecutionTotals totals;

    TornadoExecutionResult(PlanSession session, ExecutionTotals totals) {
        this.session = session;
        this.totals = totals;
    }

    /** {@return what was measured of this execution} */
    public TornadoProfilerResult getProfilerResult() {
        return new TornadoProfilerResult(totals);
    }

    /**
     * Copies arrays from the device now, as it must be asked for those transferred under demand.
     *
     * @param objects the arrays
     * @return this result
     */
    public TornadoExecutionResult transferToHost(Object... objects) {
        session.copyToHost(totals, objects);
        return this;
    }

    /** {@return whether the execution has ended, which here it has when there is a result} */
    public boolean isReady() {
        return true;
    }
}
