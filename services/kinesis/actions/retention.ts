import { kinesisLimits } from '../../../contract/limits.ts'
import { required } from '../members/member.ts'
import { streamAction, type Action } from './action.ts'

const retention = (change: 'increase' | 'decrease'): Action =>
  streamAction(
    {
      members: {
        RetentionPeriodHours: required({ type: 'Integer', min: 1, max: kinesisLimits.maxRetentionHours }),
      },
    },
    async ({ streams }, name, { RetentionPeriodHours }) => {
      await streams.setRetention(name, RetentionPeriodHours, change)
      return undefined
    },
  )

export const increaseStreamRetentionPeriod = retention('increase')
export const decreaseStreamRetentionPeriod = retention('decrease')
