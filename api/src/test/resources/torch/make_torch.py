"""Makes this folder's files: python make_torch.py ARTICLE.txt . Needs torch, safetensors and numpy (made with 2.13.0, 0.8.0, 2.4.6).

ARTICLE.txt is the article's text, whose own PyTorch module makes the layer (see ../golden/README.md): 4 to 6 planes, 3x3,
stride 2, padding 1, K = 2, temperature 31. expected.npz holds its parameters, an input x and its output y; the other files
hold the same layer as PyTorch users save it, or, named refused_..., what must not be read."""
import collections, sys
import numpy as np, safetensors.torch, torch

text = open(sys.argv[1], encoding='utf-8').read()
names = {}
exec(compile(text[text.index('import torch\nimport torch.nn'):text.index("if __name__ == '__main__':")], 'article', 'exec'), names)
DYConv2d = names['DYConv2d']


def layer(seed):
    torch.manual_seed(seed)
    made = DYConv2d(4, 6, 3, stride=2, padding=1, K=2, temperature=31)
    with torch.no_grad():
        for name, parameter in made.named_parameters():
            parameter.copy_(torch.randn_like(parameter) * (8 if 'attention' in name else 0.5))
    return made


dynamic = layer(7)
state = dynamic.state_dict()
x = torch.randn(2, 4, 7, 5)
with torch.no_grad():
    np.savez('expected.npz', x=x.numpy(), y=dynamic(x).numpy(), **{name: value.numpy() for name, value in state.items()})

torch.save(state, 'layer.pt')
torch.save(state, 'protocol4.pt', pickle_protocol=4)
torch.serialization.set_crc32_options(False)
torch.save(state, 'no_checksums.pt')
torch.serialization.set_crc32_options(True)
safetensors.torch.save_file(state, 'layer.safetensors')
np.savez_compressed('layer.npz', **{name: value.numpy() for name, value in state.items()})
for name in 'float16', 'bfloat16', 'float64':
    other = {key: value.to(getattr(torch, name)) for key, value in state.items()}
    torch.save(other, f'{name}.pt')
    safetensors.torch.save_file(other, f'{name}.safetensors')
torch.save(dict(dynamic.named_parameters()), 'parameters.pt')  # no state_dict, but Parameters in a plain dict

# The same values as views: transposed, with steps, with an offset into a storage that two share, expanded.
shared = torch.cat([torch.full((5,), 9.0), state['bias'].flatten(), state['attention.fc2.bias']])
wide = torch.full((2, 6, 8, 3, 3), 9.0)
wide[:, :, ::2] = state['weight']
views = collections.OrderedDict(state)
views['weight'] = wide[:, :, ::2]
views['bias'] = shared[5:17].view(2, 6)
views['attention.fc2.bias'] = shared[17:]
views['attention.fc1.weight'] = state['attention.fc1.weight'].permute(3, 1, 0, 2).contiguous().permute(2, 1, 3, 0)
views['attention.fc2.weight'] = state['attention.fc2.weight'].transpose(0, 1).contiguous().transpose(0, 1)
views['expanded'] = torch.tensor([[1.5], [2.5]]).expand(2, 3)
torch.save(views, 'views.pt')

model = torch.nn.Sequential(collections.OrderedDict(stem=torch.nn.Conv2d(3, 4, 1), norm=torch.nn.BatchNorm2d(4), dynamic=dynamic))
optimizer = torch.optim.Adam(model.parameters())
torch.save(model.state_dict(), 'model.pt')
safetensors.torch.save_file(model.state_dict(), 'model.safetensors')
torch.save({'epoch': 3, 'state_dict': torch.nn.DataParallel(model).state_dict(), 'optimizer': optimizer.state_dict(), 'best': None,
            'loss': [0.5, 0.25], 'size': torch.Size([4, 3]), 'seed': 2 ** 63 + 1, 'mask': torch.tensor([True, False]),
            'steps': torch.tensor([1, 2], dtype=torch.uint16), 'nothing': torch.zeros(0, 3)}, 'checkpoint.pt')
torch.save({'model': {**{f'first.{name}': value for name, value in state.items()},
                      **{f'second.{name}': value for name, value in layer(8).state_dict().items()}}}, 'two_layers.pt')

torch.save(state, 'refused_legacy.pt', _use_new_zipfile_serialization=False)
torch.save(torch.nn.Conv2d(1, 1, 1), 'refused_module.pt')
torch.save([torch.ones(1)], 'refused_list.pt')
torch.save({'weight': torch.eye(2).to_sparse()}, 'refused_sparse.pt')
