"""Makes this folder's files, as NumPy writes them: python make_numpy.py . Needs numpy (made with 2.4.6).

Every array of floats holds, at [i, j, k], i + j / 10 + k / 100 computed in float64, then rounded to the array's type."""
import io
import numpy as np

a = np.add.outer(np.arange(2), np.add.outer(np.arange(3) / 10, np.arange(4) / 100))
np.save('f2.npy', a.astype('<f2'))
np.save('f4.npy', a.astype('<f4'))
np.save('f4_big.npy', a.astype('>f4'))
np.save('f8.npy', a)
np.save('f8_big.npy', a.astype('>f8'))
np.save('f4_fortran.npy', np.asfortranarray(a.astype('<f4')))
np.save('f8_big_fortran.npy', np.asfortranarray(a.astype('>f8')))
np.save('scalar.npy', np.float32(1.5))
np.save('vector.npy', a[0, 0].astype('<f4'))
for version in (2, 3):
    with open(f'version{version}.npy', 'wb') as f:
        np.lib.format.write_array(f, a, version=(version, 0))

refused = {
    'int32': a.astype('<i4'), 'uint8': a.astype('u1'), 'bool': a > 1, 'complex64': a.astype('<c8'),
    'text': np.array(['one', 'two']), 'bytes': np.array([b'one']), 'time': np.array(['2020-01-01'], 'M8[D]'),
    'objects': np.array([None, 1]), 'structured': np.zeros(2, [('x', '<f4'), ('y', '<i4')]), 'empty': np.zeros((0, 3), '<f4')}
for name, array in refused.items():
    np.save(f'refused_{name}.npy', array)

arrays = {'f4': a.astype('<f4'), 'nested/f8': np.asfortranarray(a), 'größe': a.astype('>f4'), 'count': np.int64(3)}
np.savez('stored.npz', **arrays)
np.savez_compressed('compressed.npz', **arrays)


class Pipe(io.RawIOBase):
    """What can't seek makes zipfile put lengths and checksums behind the data."""
    def __init__(self, name):
        self.file = open(name, 'wb')
    def writable(self):
        return True
    def write(self, data):
        return self.file.write(data)


np.savez_compressed(Pipe('streamed.npz'), **arrays)
np.savez('no_arrays.npz')
