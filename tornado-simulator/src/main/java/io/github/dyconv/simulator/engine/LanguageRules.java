package io.github.dyconv.simulator.engine;

import io.github.dyconv.simulator.KernelFault.Kind;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.ExceptionCatch;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.classfile.instruction.ThrowInstruction;
import java.util.Optional;

/** Finds what TornadoVM is known not to compile, as far as it shows in single instructions. */
final class LanguageRules {

    private LanguageRules() {}

    static void check(UserClasses.Method method, MethodShape shape, UserClasses classes) throws KernelRefused {
        if (!shape.hasVariables() && method.model().methodTypeSymbol().parameterCount() > 0) {
            throw refused(method, "has no local variable table, which TornadoVM's compiler needs: compile with -g", 0);
        }
        int line = 0;
        for (CodeElement element : shape.elements()) {
            if (element instanceof LineNumber number) {
                line = number.line();
            }
            Optional<String> problem = problemWith(element, classes);
            if (problem.isPresent()) {
                throw refused(method, problem.get() + ", which TornadoVM cannot compile", line);
            }
        }
    }

    /** A refusal of what is at a line, or of the whole method if that is 0. */
    static KernelRefused refused(UserClasses.Method method, String why, int line) {
        return new KernelRefused(
                Kind.UNSUPPORTED_CODE,
                "%s %s (%s)"
                        .formatted(
                                method.displayName(),
                                why,
                                line == 0 ? method.sourceFile() : method.sourceFile() + ":" + line));
    }

    private static Optional<String> problemWith(CodeElement element, UserClasses classes) {
        return Optional.ofNullable(
                switch (element) {
                    case ThrowInstruction _ -> "throws an exception";
                    case ExceptionCatch _ -> "has a try block";
                    case MonitorInstruction _ -> "has a synchronized block";
                    case InvokeDynamicInstruction _ -> "uses a lambda or joins strings";
                    case InvokeInstruction call
                    when call.name().equalsString("fma")
                            && call.owner().asInternalName().matches("java/lang/(Strict)?Math") -> "calls Math.fma";
                    case InvokeInstruction call
                    when call.owner().asInternalName().equals("java/io/PrintStream") -> "prints";
                    case FieldInstruction field
                    when field.opcode() == Opcode.GETSTATIC
                            && field.type().stringValue().startsWith("[") ->
                        "reads the static array " + field.name().stringValue();
                    case FieldInstruction field
                    when field.opcode() == Opcode.GETSTATIC
                            && classes.isEnum(field.owner().asInternalName()) ->
                        "uses the enum constant " + field.name().stringValue();
                    case ConstantInstruction constant
                    when constant.constantValue() instanceof Float number && number.isNaN() -> "uses Float.NaN";
                    default -> null;
                });
    }
}
