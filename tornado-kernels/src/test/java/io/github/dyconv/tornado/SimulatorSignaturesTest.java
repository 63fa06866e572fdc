package io.github.dyconv.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.TaskGraph;

/**
 * On an SDK, compares what the simulator mirrors of TornadoVM's API with the real thing. Its classes are hidden by
 * TornadoVM's own module there, so their class files are read.
 */
class SimulatorSignaturesTest {
    private static final int VISIBLE = ClassFile.ACC_PUBLIC | ClassFile.ACC_PROTECTED;
    private static final int COMPARED = VISIBLE | ClassFile.ACC_STATIC | ClassFile.ACC_ABSTRACT;

    @Test
    void theSimulatorMirrorsNothingThatTornadoVmDoesNotHave() throws IOException {
        assumeFalse(TestDevices.simulated(), "needs TornadoVM's SDK: the simulator can't be compared with itself");
        Path mirrored = Path.of(System.getProperty("dyconv.simulator.classes"), "uk", "ac", "manchester", "tornado");
        List<String> differences = new ArrayList<>();
        int compared = 0;
        try (Stream<Path> files = Files.walk(mirrored)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".class")).toList()) {
                ClassModel ours = ClassFile.of().parse(file);
                if (ours.flags().has(AccessFlag.PUBLIC)) {
                    compared++;
                    compare(ours, differences);
                }
            }
        }
        assertThat(differences).isEmpty();
        assertThat(compared).as("mirrored types in " + mirrored).isGreaterThan(40);
    }

    private static void compare(ClassModel ours, List<String> differences) throws IOException {
        String name = ours.thisClass().asInternalName();
        ClassModel real;
        try (InputStream in = TaskGraph.class.getResourceAsStream("/" + name + ".class")) {
            if (in == null) {
                differences.add(name + ": TornadoVM has no such type");
                return;
            }
            real = ClassFile.of().parse(in.readAllBytes());
        }
        missing(name, Set.of(type(ours)), Set.of(type(real)), differences);
        missing(name, fields(ours), fields(real), differences);
        missing(name, methods(ours), methods(real), differences);
        if (ours.flags().has(AccessFlag.ENUM)) {
            missing(name + " (real)", fields(real), fields(ours), differences);
        }
    }

    private static void missing(String name, Set<String> ours, Set<String> real, List<String> differences) {
        ours.stream()
                .filter(member -> !real.contains(member))
                .forEach(member -> differences.add(name + ": " + member + " is not among " + real));
    }

    private static String type(ClassModel type) {
        return (type.flags().has(AccessFlag.INTERFACE) ? "interface" : "class")
                + (type.flags().has(AccessFlag.ABSTRACT) ? " abstract" : "")
                + (type.flags().has(AccessFlag.FINAL) ? " final" : "")
                + " extends "
                + type.superclass().map(ClassEntry::asInternalName).orElse("")
                + type.findAttribute(Attributes.signature())
                        .map(signature -> " " + signature.signature().stringValue())
                        .orElse("");
    }

    private static Set<String> fields(ClassModel type) {
        Set<String> fields = new TreeSet<>();
        for (FieldModel field : type.fields()) {
            int flags = field.flags().flagsMask();
            if ((flags & VISIBLE) != 0 && (flags & ClassFile.ACC_SYNTHETIC) == 0) {
                fields.add("field " + field.fieldName().stringValue() + " "
                        + field.fieldType().stringValue() + " " + (flags & (COMPARED | ClassFile.ACC_FINAL)));
            }
        }
        return fields;
    }

    private static Set<String> methods(ClassModel type) {
        Set<String> methods = new TreeSet<>();
        for (MethodModel method : type.methods()) {
            int flags = method.flags().flagsMask();
            if ((flags & VISIBLE) != 0 && (flags & ClassFile.ACC_SYNTHETIC) == 0) {
                String generic = method.findAttribute(Attributes.signature())
                        .map(signature -> signature.signature().stringValue())
                        .orElse("");
                Set<String> thrown = new TreeSet<>();
                method.findAttribute(Attributes.exceptions())
                        .ifPresent(exceptions -> exceptions.exceptions().forEach(e -> thrown.add(e.asInternalName())));
                methods.add("method " + method.methodName().stringValue()
                        + method.methodType().stringValue() + " " + generic + " " + thrown + " " + (flags & COMPARED));
            }
        }
        return methods;
    }
}
