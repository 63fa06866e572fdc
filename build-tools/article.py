"""The article's own PyTorch module, run out of its text (see api/src/test/resources/golden/README.md)."""
import json
import safetensors, safetensors.torch


class Article:
    """Has what the article's code defines, the classes attention2d and DYConv2d, as attributes."""

    def __init__(self, text_file):
        text = open(text_file, encoding='utf-8').read()
        code = text[text.index('import torch\nimport torch.nn'):text.index("if __name__ == '__main__':")]
        exec(compile(code, 'article', 'exec'), self.__dict__)

    def layer(self, temperature, **hyperparameters):
        """A new DYConv2d at any temperature: its constructor refuses most."""
        made = self.DYConv2d(**hyperparameters)
        made.attention.temperature = temperature
        return made

    def untrained(self, file):
        """A new DYConv2d from the hyper-parameters that a .safetensors of ours holds."""
        with safetensors.safe_open(file, 'pt') as opened:
            return self.layer(**json.loads(opened.metadata()['dyconv']))

    def read(self, file):
        """The DYConv2d that a .safetensors of ours holds."""
        layer = self.untrained(file)
        layer.load_state_dict(safetensors.torch.load_file(file))
        return layer
