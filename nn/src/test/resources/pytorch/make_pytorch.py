"""Makes operations.npz and optimizers.npz with PyTorch (2.13 was used): python make_pytorch.py

operations.npz: for each operation NAME, computed in float64 of inputs that are float32 exactly: NAME.x, NAME.y, the loss's
gradient NAME.g with respect to y, and NAME.dx; of parameters p, NAME.p and NAME.dp. optimizers.npz: parameters p, the gradient
g of each step, and the parameters after each step, in float64; learning rates of schedules at the start of each epoch."""
import pathlib
import numpy as np, torch, torch.nn.functional as F

folder = pathlib.Path(__file__).parent
torch.manual_seed(1)
arrays = {}


def random(*shape):
    return torch.randn(*shape).double()


def case(name, function, x, **parameters):
    for leaf in (x, *parameters.values()):
        leaf.requires_grad_()
    y = function(x, **parameters)
    g = random(*y.shape) if y.ndim else torch.tensor(1.0).double()
    y.backward(g)
    arrays.update({f'{name}.x': x, f'{name}.y': y.reshape(y.shape or (1,)), f'{name}.g': g.reshape(g.shape or (1,)), f'{name}.dx': x.grad})
    for key, leaf in parameters.items():
        arrays.update({f'{name}.{key}': leaf, f'{name}.d{key}': leaf.grad})


case('relu', F.relu, random(3, 4, 5, 7))
case('relu6', lambda x: F.relu6(4 * x), random(3, 4, 5, 7))
arrays['relu6.x'], arrays['relu6.dx'] = 4 * arrays['relu6.x'], arrays['relu6.dx'] / 4
case('max_pool_3_2_1', lambda x: F.max_pool2d(x, 3, 2, 1), random(3, 4, 7, 6))
case('max_pool_2_2_0', lambda x: F.max_pool2d(x, 2), random(3, 4, 7, 6))
case('avg_pool_3_2_1', lambda x: F.avg_pool2d(x, 3, 2, 1), random(3, 4, 7, 6))
case('avg_pool_2_2_0', lambda x: F.avg_pool2d(x, 2), random(3, 4, 7, 6))
case('global_avg_pool', lambda x: F.adaptive_avg_pool2d(x, 1), random(3, 4, 7, 6))
case('linear', F.linear, random(3, 10), weight=random(6, 10), bias=random(6))
case('conv', lambda x, weight, bias: F.conv2d(x, weight, bias, 2, 1, 1, 2), random(3, 4, 7, 6), weight=random(6, 2, 3, 3), bias=random(6))
mean, var = random(4), random(4).abs() + 0.5
arrays.update({'batch_norm.mean': mean.clone(), 'batch_norm.var': var.clone()})
x = (random(3, 4, 5, 7) * 3 + 2).float().double()
arrays['batch_norm_eval.y'] = F.batch_norm(x, mean, var, torch.arange(4).double() + 0.5, torch.arange(4).double() - 1)
arrays['batch_norm_eval.x'] = x.clone()
case('batch_norm', lambda x, weight, bias: F.batch_norm(x, mean, var, weight, bias, True, 0.1), x,
     weight=torch.arange(4).double() + 0.5, bias=torch.arange(4).double() - 1)
arrays.update({'batch_norm.mean_after': mean, 'batch_norm.var_after': var})
labels = torch.tensor([2, 0, 9, 9, 5])
arrays['labels'] = labels.double()
for smoothing in (0.0, 0.1):
    case(f'cross_entropy_{smoothing}', lambda x: F.cross_entropy(x, labels, label_smoothing=smoothing), (5 * random(5, 10)).float().double())
np.savez(folder / 'operations.npz', **{key: value.detach().numpy() for key, value in arrays.items()})

arrays = {}
start, gradients = random(7, 3), [random(7, 3) for _ in range(5)]
arrays['p'] = start
for step, gradient in enumerate(gradients):
    arrays[f'g{step}'] = gradient
OPTIMIZERS = {
    'sgd': lambda p: torch.optim.SGD(p, 0.1),
    'momentum': lambda p: torch.optim.SGD(p, 0.1, 0.9, weight_decay=0.01),
    'nesterov': lambda p: torch.optim.SGD(p, 0.1, 0.9, weight_decay=0.01, nesterov=True),
    'adam': lambda p: torch.optim.Adam(p, 0.1, (0.9, 0.999), 1e-8, 0.01),
    'adamw': lambda p: torch.optim.AdamW(p, 0.1, (0.9, 0.999), 1e-8, 0.01),
}
for name, optimizer in OPTIMIZERS.items():
    p = torch.nn.Parameter(start.clone())
    optimizer = optimizer([p])
    for step, gradient in enumerate(gradients):
        p.grad = gradient.clone()
        optimizer.step()
        arrays[f'{name}.p{step + 1}'] = p.detach().clone()
for limit in (0.5, 100.0):
    p = torch.nn.Parameter(start.clone())
    p.grad = gradients[0].clone()
    arrays[f'clip_{limit}.norm'] = torch.nn.utils.clip_grad_norm_([p], limit).reshape(1)
    arrays[f'clip_{limit}.g'] = p.grad
SCHEDULES = {
    'cosine': lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 12),
    'step': lambda o: torch.optim.lr_scheduler.StepLR(o, 3, 0.1),
    'warmup': lambda o: torch.optim.lr_scheduler.LinearLR(o, 0.25, 1.0, 4),
}
for name, schedule in SCHEDULES.items():
    optimizer = torch.optim.SGD([torch.nn.Parameter(start.clone())], 0.2)
    schedule = schedule(optimizer)
    rates = []
    for _ in range(13):
        rates.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
    arrays[name] = torch.tensor(rates, dtype=torch.float64)
np.savez(folder / 'optimizers.npz', **{key: value.detach().numpy() for key, value in arrays.items()})
