"""Times the article's own module in PyTorch for the comparison in `benchmarks`, which starts it:

    python time-with-pytorch.py ARTICLE.txt THREADS LAYER.safetensors X.npy [GRADIENT.npy RATE]

Needs torch, safetensors and numpy. A run is a forward pass in inference mode; with a gradient of the output, it is a training
step: forward, backward, and torch.optim.SGD at that rate. When everything is loaded, and then for each line of standard
input, one line of JSON behind a mark goes to standard output. Lines of input are
    run N        N runs after one that is not counted; the reply holds the nanoseconds of each
    save FILE    what the last run computed, NPZ: y, and after a training step the gradients of x and of the parameters
It ends with its input."""
import json, sys, time
import numpy as np, torch
from article import Article


def reply(message):
    print('@dyconv', json.dumps(message), flush=True)


class Forward:
    def __init__(self, layer, x):
        self.layer, self.x = layer, x

    @torch.inference_mode()
    def run(self):
        self.y = self.layer(self.x)

    def results(self):
        return {'y': self.y}


class TrainingStep:
    def __init__(self, layer, x, y_gradient, rate):
        self.layer, self.x, self.y_gradient = layer, x.requires_grad_(), y_gradient
        self.optimizer = torch.optim.SGD(layer.parameters(), rate)

    def run(self):
        self.x.grad = None
        self.optimizer.zero_grad()
        y = self.layer(self.x)
        y.backward(self.y_gradient)
        self.optimizer.step()
        self.y = y.detach()

    def results(self):
        return {'y': self.y, 'x': self.x.grad, **{name: leaf.grad for name, leaf in self.layer.named_parameters()}}


def time_of(run):
    start = time.perf_counter_ns()
    run()
    return time.perf_counter_ns() - start


def read(array):
    return torch.from_numpy(np.load(array))


article, threads, layer, x, *training = sys.argv[1:]
torch.set_num_threads(int(threads))
layer, x = Article(article).read(layer), read(x)
timed = TrainingStep(layer, x, read(training[0]), float(training[1])) if training else Forward(layer, x)
reply({'version': f'PyTorch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}',
       'algorithm': ('autograd' if training else 'eager') + ', batch folded into groups'})
for line in sys.stdin:
    request, argument = line.rstrip('\n').split(' ', 1)
    if request == 'run':
        timed.run()
        reply([time_of(timed.run) for _ in range(int(argument))])
    else:
        np.savez(argument, **{name: tensor.contiguous().numpy() for name, tensor in timed.results().items()})
        reply('saved')
