"""Coroutines that run in turn."""
from asyncio.exceptions import *
from asyncio.events import *
from asyncio.futures import *
from asyncio.tasks import *
from asyncio.locks import *
from asyncio.queues import *
from asyncio.scopes import *
