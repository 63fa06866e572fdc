"""Checks ./dyconv against PyTorch on trained layers that go through files: python build-tools/check-with-pytorch.py ARTICLE.txt

Needs torch, safetensors and numpy. ARTICLE.txt is the article's text, whose own PyTorch module is run (see
api/src/test/resources/golden/README.md). For each of several layers:
- PyTorch saves it (torch.save or safetensors), alone or in a model;
- `dyconv convert` makes a .safetensors and an .npz of that, and an .npz of the .safetensors again;
- what was written is loaded into a new module, made from the hyper-parameters in the file's metadata, by load_state_dict
  (strict), and must give PyTorch's outputs bit for bit;
- `dyconv forward` on every one of these files must give PyTorch's outputs within 2e-6 (relative L2, strict precision);
- `dyconv inspect --json` must give NumPy's statistics and the layer's hyper-parameters.
Exits with 1 at the first difference."""
import json, pathlib, subprocess, sys, tempfile
import numpy as np, safetensors.torch, torch
from article import Article

root = pathlib.Path(__file__).resolve().parent.parent
article = Article(sys.argv[1])


def dyconv(*arguments):
    done = subprocess.run([root / 'dyconv', *map(str, arguments)], capture_output=True, text=True)
    if done.returncode or done.stderr:
        sys.exit(f'dyconv {" ".join(map(str, arguments))}: exit {done.returncode}: {done.stderr}')


def require(holds, what):
    if not holds:
        sys.exit(f'differs: {what}')


subprocess.run([root / 'dyconv', '--version'], check=True)  # builds what is missing
CASES = {
    'plain': (dict(in_planes=8, out_planes=6, kernel_size=3, temperature=34, padding=1), torch.float32, ''),
    'article': (dict(in_planes=3, out_planes=16, kernel_size=3, temperature=1, padding=1, stride=2), torch.float32, 'stem.conv.'),
    'grouped': (dict(in_planes=12, out_planes=8, kernel_size=5, temperature=30, padding=2, groups=4, K=3, bias=False), torch.float32, ''),
    'ratio': (dict(in_planes=20, out_planes=4, kernel_size=1, temperature=7.5, ratio=0.0625, K=6), torch.float32, 'module.'),
    'dilated': (dict(in_planes=6, out_planes=6, kernel_size=3, temperature=0.1, dilation=2, groups=6), torch.float32, ''),
    'half': (dict(in_planes=8, out_planes=6, kernel_size=3, temperature=34, padding=1), torch.float16, 'layers.0.'),
    'bfloat16': (dict(in_planes=8, out_planes=6, kernel_size=3, temperature=4, padding=1), torch.bfloat16, ''),
    'double': (dict(in_planes=8, out_planes=6, kernel_size=3, temperature=4, padding=1), torch.float64, ''),
}
with tempfile.TemporaryDirectory() as temporary:
    folder = pathlib.Path(temporary)
    for case, (name, (kwargs, dtype, prefix)) in enumerate(CASES.items()):
        torch.manual_seed(case)
        trained = article.layer(**kwargs)
        with torch.no_grad():
            for key, parameter in trained.named_parameters():
                parameter.copy_((torch.randn_like(parameter) * (8 if 'attention' in key else 0.5)).to(dtype))
        state = {prefix + key: value.to(dtype) for key, value in trained.state_dict().items()}
        state['other.num_batches_tracked'] = torch.tensor(7)
        torch.save({'epoch': 3, 'state_dict': state}, folder / 'in.pt')
        safetensors.torch.save_file(state, folder / 'in.safetensors')
        x = torch.randn(3, kwargs['in_planes'], 11, 9)
        with torch.no_grad():
            y = trained(x)
        np.save(folder / 'x.npy', x.numpy())
        geometry = {key: value for key, value in kwargs.items() if key in ('stride', 'padding', 'dilation', 'ratio')}
        json.dump(geometry, open(folder / 'geometry.json', 'w'))
        json.dump(kwargs, open(folder / 'whole.json', 'w'))

        convert = ('--config', folder / 'geometry.json', '--temperature', kwargs['temperature'])
        dyconv('convert', folder / 'in.pt', folder / 'a.safetensors', *convert)
        dyconv('convert', folder / 'in.safetensors', folder / 'b.safetensors', *convert)
        dyconv('convert', folder / 'in.pt', folder / 'a.npz', '--temperature', kwargs['temperature'])
        dyconv('convert', folder / 'a.safetensors', folder / 'b.npz')
        require((folder / 'a.safetensors').read_bytes() == (folder / 'b.safetensors').read_bytes(), f'{name}: the way in')
        require((folder / 'a.npz').read_bytes() == (folder / 'b.npz').read_bytes(), f'{name}: the way through safetensors')

        again = article.read(folder / 'a.safetensors')
        from_npz = article.untrained(folder / 'a.safetensors')
        arrays = dict(np.load(folder / 'a.npz'))
        require(arrays.pop('temperature') == np.float32(kwargs['temperature']), f'{name}: temperature')
        from_npz.load_state_dict({key: torch.from_numpy(value) for key, value in arrays.items()})
        with torch.no_grad():
            require(torch.equal(again(x), y), f'{name}: outputs of what was written as safetensors')
            require(torch.equal(from_npz(x), y), f'{name}: outputs of what was written as NPZ')

        worst = 0
        for params, options in (('in.pt', ('--config', folder / 'whole.json')), ('in.safetensors', ('--config', folder / 'whole.json')),
                                ('a.npz', ('--config', folder / 'whole.json')), ('a.safetensors', ())):
            dyconv('forward', '--params', folder / params, '--input', folder / 'x.npy', '--output', folder / 'y.npz', '--device', 'jvm',
                   '--precision', 'strict', *options)
            ours = np.load(folder / 'y.npz')['y'].astype(np.float64)
            worst = max(worst, np.linalg.norm(ours - y.numpy()) / np.linalg.norm(y.numpy()))
        require(worst <= 2e-6, f'{name}: forward, relative L2 error {worst}')

        dyconv('inspect', folder / 'in.pt', '--json', folder / 'inspect.json')
        inspected = json.load(open(folder / 'inspect.json'))
        for tensor in inspected['tensors']:
            value = state[tensor['name'].removeprefix('state_dict.')]
            require(tensor['dtype'] == str(value.dtype).removeprefix('torch.') and tensor['shape'] == list(value.shape), tensor)
            if value.is_floating_point():
                value = value.double().numpy()
                statistics = value.min(), value.max(), value.mean(), value.std()
                require(np.allclose([tensor[key] for key in ('min', 'max', 'mean', 'std')], statistics, 1e-6, 1e-7), tensor)
        layer, = inspected['layers']
        require(layer['prefix'] == 'state_dict.' + prefix and layer['hidden'] == trained.attention.fc1.out_channels, layer)
        for key in ('in_planes', 'out_planes', 'kernel_size', 'groups', 'bias', 'K'):
            require(layer['hyperparameters'][key] == kwargs.get(key, dict(groups=1, bias=True, K=4).get(key)), f'{name}: {key}')
        print(f'{name}: written files give the same outputs bit for bit; forward differs by {worst:.1e}; inspect agrees')
