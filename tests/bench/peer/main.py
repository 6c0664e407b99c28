"""The peer: Millrace's own endpoints, by FastAPI and the Rust extension."""

import asyncio
from typing import List

import bench_peer
from fastapi import BackgroundTasks, FastAPI
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

app = FastAPI()


class NumberList(BaseModel):
    numbers: List[int]


@app.post("/process-numbers-rust")
async def process_numbers(data: NumberList):
    result = await run_in_threadpool(bench_peer.process_numbers_rust, data.numbers)
    return {"original_count": len(data.numbers), "processed_result": result}


@app.get("/sum-squares-rust")
async def sum_squares(a: int = 5, b: int = 10):
    return {"a": a, "b": b, "sum_of_squares": bench_peer.sum_squares_rust(a, b)}


@app.get("/")
async def root():
    await asyncio.sleep(1)
    return {"message": "Hello World"}


def write_log(task_id: int):
    with open("log.txt", "a") as log:
        log.write(f"Task {task_id} completed\n")


@app.post("/start-task/")
async def start_task(task_id: int, background_tasks: BackgroundTasks):
    background_tasks.add_task(write_log, task_id)
    return {"message": "Task started in the background"}
