package io.github.dyconv.tornado;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a work-item computes at a time: the choice in a {@link PanelShape}. Written {@code 7x288x8}.
 *
 * @param columns output columns of a tile, a divisor of {@value PanelShape#TILE}
 * @param products products in one chain of roundings, about: those of a chunk
 * @param itemsPerUnit work-items for each compute unit, about
 */
record PanelSize(int columns, int products, int itemsPerUnit) {
    private static final Pattern TEXT = Pattern.compile("([1-9][0-9]{0,4})x([1-9][0-9]{0,4})x([1-9][0-9]{0,4})");

    /** The one that is written so, or empty if it is none, or none that the kernel can compute. */
    static Optional<PanelSize> parse(String text) {
        Matcher sizes = TEXT.matcher(text);
        if (!sizes.matches() || PanelShape.TILE % Integer.parseInt(sizes.group(1)) != 0) {
            return Optional.empty();
        }
        return Optional.of(new PanelSize(
                Integer.parseInt(sizes.group(1)), Integer.parseInt(sizes.group(2)), Integer.parseInt(sizes.group(3))));
    }

    @Override
    public String toString() {
        return columns + "x" + products + "x" + itemsPerUnit;
    }
}
