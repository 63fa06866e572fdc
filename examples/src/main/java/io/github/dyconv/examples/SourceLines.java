package io.github.dyconv.examples;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.LineNumber;
import java.util.IntSummaryStatistics;
import java.util.Optional;

/**
 * Where a method's code stands.
 *
 * @param file the source file's path within its module's sources
 * @param first the first line with code
 * @param last the last line with code
 */
record SourceLines(String file, int first, int last) {
    /**
     * Reads the debug information of a class.
     *
     * @param neighbour a class of the same package
     * @param method the class's simple name and the method's, as {@code PoolKernels.average}
     * @return empty if there is no such method, or it was compiled without line numbers
     * @throws IOException if the class can't be read
     */
    static Optional<SourceLines> of(Class<?> neighbour, String method) throws IOException {
        int dot = method.lastIndexOf('.');
        String simple = method.substring(0, Math.max(0, dot));
        try (InputStream in = neighbour.getResourceAsStream(simple + ".class")) {
            if (in == null) {
                return Optional.empty();
            }
            ClassModel model = ClassFile.of().parse(in.readAllBytes());
            String file =
                    neighbour.getPackageName().replace('.', '/') + "/" + simple.replaceFirst("\\$.*", "") + ".java";
            return model.methods().stream()
                    .filter(candidate -> candidate.methodName().equalsString(method.substring(dot + 1)))
                    .map(SourceLines::lines)
                    .filter(lines -> lines.getCount() > 0)
                    .findFirst()
                    .map(lines -> new SourceLines(file, lines.getMin(), lines.getMax()));
        }
    }

    private static IntSummaryStatistics lines(MethodModel method) {
        return method.code().stream()
                .flatMap(code -> code.elementStream())
                .filter(LineNumber.class::isInstance)
                .map(LineNumber.class::cast)
                .mapToInt(LineNumber::line)
                .summaryStatistics();
    }

    @Override
    public String toString() {
        return file + ":" + first + "-" + last;
    }
}
