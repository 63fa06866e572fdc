package io.github.dyconv.simulator.engine;

import java.util.Arrays;
import java.util.OptionalInt;

/**
 * Remembers, for each element of an array, which work-items have read and written it, and finds those that nothing
 * orders. Work-items are numbered from 1, group after group. Per element and kind of access there is one number:
 * 0 for nobody, a work-item, a group (several of its work-items) or everybody (work-items of several groups).
 *
 * <p>Within a group, barriers part the work into phases. Accesses of one group in different phases are ordered;
 * accesses of different groups never are.
 */
final class RaceShadow {

    /** Two accesses that nothing orders. */
    record Conflict(boolean earlierWrote, int earlier) {}

    private static final int NOBODY = 0;
    private static final int EVERYBODY = -1;

    /** The work-items that have made one kind of access. */
    private static final class Accessors {
        private final int[] who;
        /** The phase of the last access; empty where a launch has but one phase. */
        private final int[] phase;

        Accessors(int size, boolean phased) {
            who = new int[size];
            phase = new int[phased ? size : 0];
        }

        void clear() {
            Arrays.fill(who, NOBODY);
        }

        boolean conflictsWith(int index, Position position) {
            int other = who[index];
            if (other == NOBODY || other == position.workItem) {
                return false;
            }
            return !position.isOfGroup(other) || phase.length == 0 || phase[index] == position.phase;
        }

        void add(int index, Position position) {
            int other = who[index];
            if (other != position.workItem) {
                who[index] = merge(index, other, position);
            }
            if (phase.length != 0) {
                phase[index] = position.phase;
            }
        }

        private int merge(int index, int other, Position position) {
            if (other == NOBODY) {
                return position.workItem;
            }
            if (!position.isOfGroup(other)) {
                return EVERYBODY;
            }
            boolean earlierPhase = phase.length != 0 && phase[index] != position.phase;
            return earlierPhase ? position.workItem : -position.group - 2;
        }
    }

    /** Where the work-item that makes an access is. */
    static final class Position {
        private final int groupSize;
        private int workItem = 1;
        private int group;
        /** The last work-item of the group before. */
        private int before;

        private int phase;

        Position(int groupSize) {
            this.groupSize = groupSize;
        }

        void moveTo(int newWorkItem) {
            workItem = newWorkItem;
            group = (newWorkItem - 1) / groupSize;
            before = group * groupSize;
        }

        /** Whether a number stands for this group or a work-item of it. Asked at each access, so it does not divide. */
        boolean isOfGroup(int who) {
            return who > 0 ? who > before && who <= before + groupSize : who == -group - 2;
        }

        void nextPhase() {
            phase++;
        }

        int workItem() {
            return workItem;
        }

        int groupSize() {
            return groupSize;
        }
    }

    private final int size;
    private final boolean phased;
    private final Accessors readers;
    private final Accessors writers;
    private Accessors adders;

    RaceShadow(int size, boolean phased) {
        this.size = size;
        this.phased = phased;
        this.readers = new Accessors(size, phased);
        this.writers = new Accessors(size, phased);
        this.adders = new Accessors(0, phased);
    }

    int size() {
        return size;
    }

    void clear() {
        readers.clear();
        writers.clear();
        adders.clear();
    }

    boolean isWritten(int index) {
        return writers.who[index] != NOBODY || (hasAdders() && adders.who[index] != NOBODY);
    }

    /** Whether a read is ordered after all writes by others; if so it is remembered. */
    boolean read(int index, Position position) {
        if (writers.conflictsWith(index, position) || addersConflict(index, position)) {
            return false;
        }
        readers.add(index, position);
        return true;
    }

    /** Whether a write is ordered after all accesses by others; if so it is remembered. */
    boolean write(int index, Position position) {
        if (writers.conflictsWith(index, position)
                || readers.conflictsWith(index, position)
                || addersConflict(index, position)) {
            return false;
        }
        writers.add(index, position);
        return true;
    }

    /** Whether an atomic update is ordered after all accesses by others but atomic ones; if so it is remembered. */
    boolean update(int index, Position position) {
        if (writers.conflictsWith(index, position) || readers.conflictsWith(index, position)) {
            return false;
        }
        if (!hasAdders()) {
            adders = new Accessors(size, phased);
        }
        adders.add(index, position);
        return true;
    }

    /** What an access that was refused conflicts with. */
    Conflict conflict(int index, Position position) {
        if (writers.conflictsWith(index, position)) {
            return new Conflict(true, writers.who[index]);
        }
        if (addersConflict(index, position)) {
            return new Conflict(true, adders.who[index]);
        }
        return new Conflict(false, readers.who[index]);
    }

    /** The work-item that a number stands for, if it is one. */
    static OptionalInt workItemOf(int who) {
        return who > 0 ? OptionalInt.of(who) : OptionalInt.empty();
    }

    private boolean hasAdders() {
        return adders.who.length != 0;
    }

    private boolean addersConflict(int index, Position position) {
        return hasAdders() && adders.conflictsWith(index, position);
    }
}
