package io.github.dyconv.examples;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Which module may use what.
 *
 * <p>The examples and the benchmarks may use everything, so they have no rule. The null annotations leave nothing
 * behind at run time, and are allowed wherever the API is.
 */
class ArchitectureTest {

    /** A module: its own packages, and what they may use besides themselves. */
    record Module(String name, List<String> packages, List<String> mayUse) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final List<String> API =
            List.of("io.github.dyconv", "io.github.dyconv.io..", "io.github.dyconv.spi..");
    private static final List<String> NETWORKS = List.of("io.github.dyconv.nn", "io.github.dyconv.nn.spi");
    private static final List<String> TORNADOVM = List.of("uk.ac.manchester.tornado.api..");

    private static final List<String> JDK = List.of("java..");
    private static final List<String> JDK_AND_NULL_ANNOTATIONS = join(JDK, List.of("org.jspecify.annotations.."));
    private static final List<String> API_AND_BELOW = join(API, JDK_AND_NULL_ANNOTATIONS);

    static final List<Module> MODULES = List.of(
            new Module("api", API, JDK_AND_NULL_ANNOTATIONS),
            new Module(
                    "jvm-kernels",
                    List.of("io.github.dyconv.jvm.."),
                    join(API_AND_BELOW, List.of("jdk.incubator.vector..", "com.sun.management.."))),
            new Module(
                    "onnx",
                    List.of("io.github.dyconv.onnx.."),
                    join(API_AND_BELOW, List.of("com.google.protobuf..", "ai.onnx.proto.."))),
            new Module("nn", List.of("io.github.dyconv.nn.."), API_AND_BELOW),
            new Module(
                    "tornado-kernels",
                    List.of("io.github.dyconv.tornado.."),
                    join(API_AND_BELOW, join(NETWORKS, TORNADOVM))),
            new Module("tornado-simulator", join(TORNADOVM, List.of("io.github.dyconv.simulator..")), JDK));

    /** On an SDK, TornadoVM's own classes share packages with the simulator's, and none of these rules are theirs. */
    private static final ImportOption NOT_TORNADOVM_ITSELF =
            location -> !location.contains("uk/ac/manchester/tornado") || location.contains("tornado-simulator");

    private static final ImportOption NOT_SHARED_FIXTURES = location -> !location.contains("-tests.jar");

    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(NOT_SHARED_FIXTURES)
            .withImportOption(NOT_TORNADOVM_ITSELF)
            .importPackages("io.github.dyconv", "uk.ac.manchester.tornado.api");

    @ParameterizedTest
    @FieldSource("MODULES")
    void usesOnlyWhatItMay(Module module) {
        classes()
                .that()
                .resideInAnyPackage(array(module.packages()))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(array(join(module.packages(), module.mayUse())))
                .check(OURS);
    }

    /** A package that no rule covers would escape them all. */
    @Test
    void everyPackageBelongsToOneModule() {
        List<String> known =
                MODULES.stream().flatMap(module -> module.packages().stream()).toList();
        classes()
                .should()
                .resideInAnyPackage(array(join(known, List.of("io.github.dyconv.examples.."))))
                .check(OURS);
    }

    private static List<String> join(List<String> some, List<String> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    private static String[] array(List<String> packages) {
        return packages.toArray(String[]::new);
    }
}
