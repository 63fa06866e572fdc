"""Trains what `./dyconv train` trains, in PyTorch with the article's own module, to compare accuracies:

    python build-tools/train-with-pytorch.py ARTICLE.txt DATA KIND [--seed 0] [--width 8] [--train-pictures 6000] [--epochs 15]

Needs torch, safetensors and numpy. ARTICLE.txt is the article's text, whose PyTorch module is run (see
api/src/test/resources/golden/README.md); DATA holds the four IDX files of MNIST or Fashion-MNIST, gzipped; KIND is `static`,
`paper` (temperature 30 to 1 over 10 epochs, at each step) or a constant temperature. Network, optimizer, schedule and
augmentation are those of the command's defaults; random numbers are PyTorch's. Prints a line for each epoch."""
import argparse, gzip, math, pathlib, time
import numpy as np, torch
from torch import nn
from torch.nn import functional as F
from article import Article

parser = argparse.ArgumentParser()
parser.add_argument('article')
parser.add_argument('data', type=pathlib.Path)
parser.add_argument('kind')
parser.add_argument('--seed', type=int, default=0)
parser.add_argument('--width', type=int, default=8)
parser.add_argument('--train-pictures', type=int, default=6000)
parser.add_argument('--epochs', type=int, default=15)
parser.add_argument('--batch', type=int, default=64)
parser.add_argument('--threads', type=int, default=1)
options = parser.parse_args()

article = Article(options.article)
torch.set_num_threads(options.threads)
torch.manual_seed(options.seed)


def convolution(in_planes, out_planes, kernel_size, stride):
    padding = kernel_size // 2
    if options.kind != 'static':
        return article.DYConv2d(in_planes, out_planes, kernel_size, stride=stride, padding=padding, bias=False)
    return plain(in_planes, out_planes, kernel_size, stride, padding)


def plain(in_planes, out_planes, kernel_size, stride, padding):
    made = nn.Conv2d(in_planes, out_planes, kernel_size, stride, padding, bias=False)
    nn.init.kaiming_normal_(made.weight, mode='fan_out', nonlinearity='relu')
    return made


class Block(nn.Module):
    def __init__(self, in_planes, planes, stride):
        super().__init__()
        self.conv1, self.bn1 = convolution(in_planes, planes, 3, stride), nn.BatchNorm2d(planes)
        self.conv2, self.bn2 = convolution(planes, planes, 3, 1), nn.BatchNorm2d(planes)
        self.downsample = None
        if stride > 1 or in_planes != planes:
            self.downsample = nn.Sequential(convolution(in_planes, planes, 1, stride), nn.BatchNorm2d(planes))

    def forward(self, x):
        inner = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(inner + (x if self.downsample is None else self.downsample(x)))


def resnet10(width, classes=10):
    stages = [Block(width << max(stage - 1, 0), width << stage, 2 if stage else 1) for stage in range(4)]
    return nn.Sequential(plain(1, width, 3, 1, 1), nn.BatchNorm2d(width), nn.ReLU(), *stages,
                         nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8 * width, classes))


def idx(name, header):
    with gzip.open(options.data / name) as file:
        return torch.from_numpy(np.frombuffer(file.read(), np.uint8, offset=header).copy())


def pictures(name):
    return idx(name + '-images-idx3-ubyte.gz', 16).view(-1, 1, 28, 28), idx(name + '-labels-idx1-ubyte.gz', 8).long()


def augmented(batch, crop=2):
    padded = F.pad(batch, (crop, crop, crop, crop))
    made = torch.empty_like(batch)
    for i in range(len(batch)):
        down, right = torch.randint(0, 2 * crop + 1, (2,)).tolist()
        picture = padded[i, :, down:down + 28, right:right + 28]
        made[i] = picture.flip(-1) if torch.rand(()) < 0.5 else picture
    return made


def set_temperature(model, epoch):
    temperature = 30 - 29 * min(epoch, 10) / 10 if options.kind == 'paper' else float(options.kind)
    for module in model.modules():
        if isinstance(module, article.attention2d):
            module.temperature = temperature


train, train_labels = (part[:options.train_pictures] for part in pictures('train'))
test, test_labels = pictures('t10k')
scale = train.float() / 255
mean, deviation = scale.mean(), scale.double().std(unbiased=False).float()
model = resnet10(options.width)
optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9, weight_decay=5e-4)
steps = len(train) // options.batch
for epoch in range(options.epochs):
    start = time.perf_counter()
    model.train()
    order = torch.randperm(len(train))
    for step in range(steps):
        at = epoch + step / steps
        if options.kind != 'static':
            set_temperature(model, at)
        optimizer.param_groups[0]['lr'] = 0.1 * (1 + math.cos(math.pi * at / options.epochs)) / 2 * min(1, at)
        chosen = order[step * options.batch:(step + 1) * options.batch]
        x = (augmented(train[chosen]).float() / 255 - mean) / deviation
        optimizer.zero_grad()
        F.cross_entropy(model(x), train_labels[chosen]).backward()
        optimizer.step()
    if options.kind != 'static':
        set_temperature(model, epoch + 1)
    seconds = time.perf_counter() - start
    model.eval()
    with torch.no_grad():
        correct = sum((model((part.float() / 255 - mean) / deviation).argmax(1) == labels).sum().item()
                      for part, labels in zip(test.split(500), test_labels.split(500)))
    print(f'epoch {epoch + 1}: accuracy {100 * correct / len(test):.2f} %; {seconds:.1f} s', flush=True)
