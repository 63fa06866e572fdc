"""Makes the models beside it: python make_pytorch.py ARTICLE.txt FOLDER . Needs torch, onnx, onnxscript and numpy (made with torch 2.13.0 on a CPU).

Runs the article's own PyTorch module, read out of the article's text, and exports it with both of PyTorch's exporters, each
with and without its optimisation: NAME.onnx, and the module's input, output and parameters in NAME.npz. Stack traces, which
one exporter adds to every node, are removed: they hold nothing but paths of the machine."""
import sys

import numpy as np
import onnx
import torch

text = open(sys.argv[1], encoding='utf-8').read()
code = text[text.index('import torch\nimport torch.nn'):text.index("if __name__ == '__main__':")]
article = {}
exec(compile(code, 'article', 'exec'), article)

BASE = dict(in_planes=6, out_planes=8, kernel_size=3, ratio=0.25, stride=1, padding=1, dilation=1, groups=1, bias=True,
            K=4, temperature=34, N=2, H=5, W=7)
LAYERS = {
    'groups': dict(groups=2, stride=2, N=3, H=9, W=11),
    'nobias': dict(bias=False, dilation=2, padding=2),
    'three': dict(in_planes=3, out_planes=4, kernel_size=5, padding=0, K=2, temperature=31, N=1, H=7),
    'depthwise': dict(in_planes=5, out_planes=10, groups=5, temperature=1, ratio=1.0),
    'pointwise': dict(kernel_size=1, padding=0, K=1, N=4),
    'zerobias': dict(kernel_size=2, zero=True),
}
EXPORTERS = {
    'script': dict(dynamo=False, opset_version=17),
    'script_unfolded': dict(dynamo=False, opset_version=17, do_constant_folding=False),
    'dynamo': dict(dynamo=True, external_data=False),
    'dynamo_unoptimized': dict(dynamo=True, external_data=False, optimize=False),
}


def without_traces(file):
    model = onnx.load(file)
    del model.graph.metadata_props[:]
    for thing in [*model.graph.node, *model.graph.initializer, *model.graph.value_info, *model.graph.input, *model.graph.output]:
        del thing.metadata_props[:]
        thing.ClearField('doc_string')
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, file)


for number, (layer, change) in enumerate(LAYERS.items()):
    h = {**BASE, **change}
    torch.manual_seed(20_261 + number)
    settings = {key: value for key, value in h.items() if key not in ('N', 'H', 'W', 'zero')}
    module = article['DYConv2d'](**settings).eval()
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if name.endswith('bias') and 'zero' not in h:
                parameter.copy_(torch.randn_like(parameter) * 0.5)
            if name.startswith('attention') and name.endswith('weight'):
                parameter.copy_(torch.randn_like(parameter) * 8.0)  # so that attention differs per sample
        x = torch.randn(h['N'], h['in_planes'], h['H'], h['W'])
        arrays = {name: value.numpy() for name, value in module.state_dict().items()}
        arrays.update(x=x.numpy(), y=module(x).numpy(), temperature=np.array([h['temperature']], np.float32))
    np.savez(f'{sys.argv[2]}/{layer}.npz', **arrays)
    for exporter, options in EXPORTERS.items():
        file = f'{sys.argv[2]}/{layer}_{exporter}.onnx'
        torch.onnx.export(module, (x,), file, input_names=['x'], output_names=['y'], **options)
        without_traces(file)
        print(file)
