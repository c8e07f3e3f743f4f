import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import select
from inser_events.registration import seating, operations, offers, shares, signups, queries
from inser_events.registration.models import State
from tests.registration.test_state_machine import Registering

def m1(mp):
    def release(r):
        if r.state==State.CONFIRMED: seating._change(r,taken=-1); seating.give_shares(r)
        elif r.state==State.WAITLISTED: seating._change(r,waiting=-1)
        r.offer_expires_at=None
    mp.setattr(operations,"release",release)
def m2(mp):
    old=queries.waiting_in_order
    from inser_events.registration.models import Registration
    mp.setattr(queries,"waiting_in_order",lambda e,m: old(e,m).order_by(None).order_by(Registration.id.desc()))
def m3(mp):
    def b(r,*,at):
        seating._change(r,taken=-1,waiting=+1); r.offer_expires_at, r.waiting_since=None, at
    mp.setattr(offers,"back_to_queue",b)
def m4(mp):
    mp.setattr(operations,"leave_sessions",lambda r,at:None)
def m5(mp):
    mp.setattr(seating,"take_shares",lambda r: (shares.take_shares_anyway(r), True)[1]) 
def m6(mp):
    mp.setattr(operations,"_change_organisation",lambda r,o,by_staff:None)
@pytest.mark.parametrize("m",[m1,m2,m3,m4,m6])
def test_m(app,monkeypatch,m):
    m(monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Registering, settings=settings(max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck), database=None, print_blob=False))
