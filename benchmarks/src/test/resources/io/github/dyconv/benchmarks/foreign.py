"""A contender that computes nothing and needs nothing: python3 foreign.py RESULTS.npz"""
import json, shutil, sys


def reply(message):
    print('@dyconv', json.dumps(message), flush=True)


print('a library greets')
reply({'version': '1.0', 'algorithm': 'none'})
for line in sys.stdin:
    request, argument = line.rstrip('\n').split(' ', 1)
    if request == 'run':
        reply(list(range(1, int(argument) + 1)))
    else:
        shutil.copy(sys.argv[1], argument)
        reply('saved')
