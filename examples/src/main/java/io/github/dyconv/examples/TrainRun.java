package io.github.dyconv.examples;

import io.github.dyconv.Device;
import io.github.dyconv.nn.EpochRecord;
import io.github.dyconv.nn.Network;
import io.github.dyconv.nn.Trainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;

/** Runs a trainer to its end or until it is interrupted, and keeps the run's files. */
final class TrainRun {
    private final Trainer trainer;
    private final TrainFiles files;
    private final Device device;
    private final int saveEvery;
    private final PrintWriter out;

    /** Saves every {@code saveEvery} steps, if that is not 0, besides after each epoch. */
    TrainRun(Trainer trainer, TrainFiles files, Device device, int saveEvery, PrintWriter out) {
        this.trainer = trainer;
        this.files = files;
        this.device = device;
        this.saveEvery = saveEvery;
        this.out = out;
    }

    void run() throws IOException {
        Network network = trainer.model().network();
        out.println(trainer.settings().network() + ", " + (trainer.settings().dynamic() ? "dynamic" : "static") + ": "
                + network.parameterCount() + " parameters, " + network.multiplyAdds()
                + " multiply-adds for a picture, on "
                + device.name());
        if (trainer.step() > 0) {
            out.println("going on after step " + trainer.step() + " of " + trainer.steps());
        }
        try (Interruption interruption = new Interruption();
                Progress progress = Progress.of("training", trainer.steps())) {
            while (!trainer.isFinished() && !interruption.isRequested()) {
                step(progress);
            }
            progress.clear();
            if (trainer.isFinished()) {
                Path model = files.writeModel(trainer);
                out.println("trained: " + model);
            } else {
                saveAtLast();
                out.println("interrupted after step " + trainer.step() + " of " + trainer.steps() + ", saved in "
                        + files.checkpoint() + "; --resume goes on");
            }
        }
    }

    private void step(Progress progress) throws IOException {
        boolean epochEnded;
        try {
            epochEnded = trainer.run();
        } catch (ArithmeticException e) {
            throw new UsageException(String.valueOf(e.getMessage()), e);
        }
        progress.advance(trainer.step(), "epoch " + Math.ceilDiv(trainer.step(), trainer.stepsPerEpoch()));
        if (epochEnded) {
            progress.clear();
            out.println(line(trainer.history().getLast()));
            files.save(trainer.checkpoint());
            files.writeLog(trainer, device);
        } else if (saveEvery > 0 && trainer.step() % saveEvery == 0) {
            files.save(trainer.checkpoint());
        }
    }

    /** Temporary files under way when the JVM is interrupted are deleted once; a second attempt is left alone. */
    private void saveAtLast() throws IOException {
        try {
            files.save(trainer.checkpoint());
        } catch (IOException e) {
            files.save(trainer.checkpoint());
        }
    }

    private static String line(EpochRecord epoch) {
        return "epoch " + epoch.epoch() + ": loss "
                + Numbers.fixed(epoch.train().meanLoss(), 4) + ", accuracy "
                + Numbers.fixed(100 * epoch.train().accuracy(), 2) + " %; validation loss "
                + Numbers.fixed(epoch.validation().meanLoss(), 4) + ", accuracy "
                + Numbers.fixed(100 * epoch.validation().accuracy(), 2) + " %; temperature "
                + Numbers.fixed(epoch.temperature(), 2) + "; " + Numbers.fixed(epoch.seconds(), 1) + " s";
    }
}
