package uk.ac.manchester.tornado.api;

import io.github.dyconv.simulator.engine.GraphRecord;

/** A finished task graph: see {@link TaskGraph#snapshot()}. */
public class ImmutableTaskGraph {

    private final GraphRecord record;

    ImmutableTaskGraph(GraphRecord record) {
        this.record = record;
    }

    GraphRecord record() {
        return record;
    }
}
