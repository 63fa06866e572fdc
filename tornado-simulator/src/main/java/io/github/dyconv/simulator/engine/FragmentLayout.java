package io.github.dyconv.simulator.engine;

/**
 * Which elements of a matrix a lane of a warp has, for PTX's {@code mma.m16n8k16} with FP16 operands: neighbours in pairs, four
 * lanes for a row of eight.
 */
enum FragmentLayout {
    /** 16 x 16, by rows. */
    A(8, 16) {
        @Override
        int row(int lane, int element) {
            return lane / 4 + element / 2 % 2 * 8;
        }

        @Override
        int column(int lane, int element) {
            return pair(lane, element) + element / 4 * 8;
        }
    },
    /** 16 x 8, by columns: pairs are neighbours in a column. */
    B(4, 8) {
        @Override
        int row(int lane, int element) {
            return pair(lane, element) + element / 2 * 8;
        }

        @Override
        int column(int lane, int element) {
            return lane / 4;
        }
    },
    /** The sums, 16 x 8, by rows. */
    C(4, 8) {
        @Override
        int row(int lane, int element) {
            return lane / 4 + element / 2 * 8;
        }

        @Override
        int column(int lane, int element) {
            return pair(lane, element);
        }
    };

    /** Rows of every matrix. */
    static final int ROWS = 16;

    /** Lanes of a warp. */
    static final int LANES = 32;

    private final int size;
    private final int columns;

    FragmentLayout(int size, int columns) {
        this.size = size;
        this.columns = columns;
    }

    /** Elements of one lane. */
    int size() {
        return size;
    }

    /** Columns of the matrix. */
    int columns() {
        return columns;
    }

    /** The row that a lane's element is in. */
    abstract int row(int lane, int element);

    /** The column that a lane's element is in. */
    abstract int column(int lane, int element);

    /** The number of an element in the matrix, row after row. */
    int index(int lane, int element) {
        return row(lane, element) * columns + column(lane, element);
    }

    private static int pair(int lane, int element) {
        return lane % 4 * 2 + element % 2;
    }
}
